# shellcheck shell=bash
# Prometheus' own tool, out of Debian's package where the machine has none. Source it after target.sh.

# find_promtool: print where promtool is; fails where this machine cannot have it.
find_promtool() {
    local cache="${XDG_CACHE_HOME:-$HOME/.cache}/retailops-odoo-pos-tests/promtool" fresh
    if command -v promtool; then return; fi
    if [ ! -x "$cache/usr/bin/promtool" ]; then
        command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
        mkdir -p "$(dirname "$cache")"
        fresh="$(mktemp -d "$cache.XXXXXX")"
        (
            cd "$fresh"
            # without root whatever lists there are must do
            apt-get -qq download prometheus || { apt-get -qq update && apt-get -qq download prometheus; }
            dpkg -x prometheus_*.deb unpacked
        ) >/dev/null 2>&1 || { rm -rf "$fresh"; return 1; }
        mv -T "$fresh/unpacked" "$cache" 2>/dev/null || true
        rm -rf "$fresh"
    fi
    [ -x "$cache/usr/bin/promtool" ] && printf '%s\n' "$cache/usr/bin/promtool"
}
