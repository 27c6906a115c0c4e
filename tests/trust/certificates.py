# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authorities and the certificates that they sign: right, for another host, expired, or of an authority that nobody knows."""

from __future__ import annotations

import datetime
import ipaddress
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


class Authority:
    """Signs certificates; ``path`` holds its own."""

    def __init__(self, folder, name):
        self.folder, self.name = pathlib.Path(folder), _name(name)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.path = self.folder / (name + ".crt")
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        own = self._begun(self.name, self.key, DAY).add_extension(x509.BasicConstraints(True, None), True)
        self.path.write_bytes(_pem(own.add_extension(usage, True).sign(self.key, hashes.SHA256())))

    def _begun(self, subject, key, until):
        now = datetime.datetime.now(datetime.timezone.utc)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
        made = (
            made.serial_number(x509.random_serial_number()).not_valid_before(now - 9 * DAY).not_valid_after(now + until)
        )
        identity = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return made.add_extension(identity, False).add_extension(above, False)

    def sign(self, address, until=DAY):
        """(certificate, key) for a server at an address, each in a file's bytes."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        made = self._begun(_name("server"), key, until).add_extension(names, False)
        made = made.add_extension(x509.BasicConstraints(False, None), True).sign(self.key, hashes.SHA256())
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return _pem(made), secret


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


#: What may be wrong with a server's certificate, and how it is made by (known, unknown) authorities for an address.
WRONG = {
    "of an authority that nobody knows": lambda known, unknown, address: unknown.sign(address),
    "for another host": lambda known, unknown, address: known.sign("192.0.2.1"),
    "expired": lambda known, unknown, address: known.sign(address, until=-DAY),
}
