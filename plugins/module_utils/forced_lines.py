# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Odoo calls the line by which a forced close is balanced: it stands in the language of whoever closed.

Nothing else tells it from the other lines of the entry. The words are those of point_of_sale/i18n of 19.0; 14.0 has no
translation of them.
"""

from __future__ import annotations

FORCED_LINES = (
    "Difference at closing PoS session",
    "الفرق عند إغلاق جلسة نقطة البيع",  # ar
    "PoS sessiyasının bağlanmasında fərq",  # az
    "Diferencia al tancar la sessió de TPV",  # ca
    "Rozdíl při uzavírání relace místa prodeje",  # cs
    "Difference ved lukning af kassesession",  # da
    "Differenz bei Kassenabschluss",  # de
    "Diferencia al cerrar la sesión de TPV",  # es
    "Diferencia al cierre de la sesión de PdV",  # es_419
    "Erinevus PoS-seansi lõpetamisel",  # et
    "تفاوت در بستن جلسه PoS",  # fa
    "Erotus kassaistunnon päättyessä",  # fi
    "Écart à la fermeture de la session du PdV",  # fr
    "הבדל בעת סגירת משמרת בקופה",  # he
    "Razlika u zatvaranju POS sesija",  # hr
    "Selisih pada sesi closing POS",  # id
    "Differenza alla chiusura della sessione POS",  # it
    "PoSセッション終了時の違い",  # ja
    "POS 세션 종료 시의 차액",  # ko
    "ПОС сэшн хаалтын зөрүү",  # mn
    "Verschil bij het sluiten van Kassasessie",  # nl
    "Różnica na zamknięciu sesji PoS",  # pl
    "Diferença no fechamento da sessão de PDV",  # pt, pt_BR
    "Diferența la închiderea sesiunii PoS",  # ro
    "Разница на момент закрытия сессии PoS",  # ru
    "Skillnad vid avslutande PoS-session",  # sv
    "ส่วนต่างเมื่อปิดเซสชัน PoS",  # th
    "PoS oturumu kapanış farkı",  # tr
    "Різниця під час закриття сесії точки продажу",  # uk
    "PoS seansini yopishda farq",  # uz
    "Chênh lệch khi đóng phiên PoS",  # vi
    "结束POS营业点时的差额",  # zh_CN
    "結束PoS銷售營業點時的差異",  # zh_TW
)
# In hexadecimal digits, because a database in LATIN1 could not even be asked for the Arabic ones; as one text, because thirty
# constants take PostgreSQL a fiftieth of a statement to read.
FORCED_HEX = ",".join(line.encode().hex() for line in FORCED_LINES)
