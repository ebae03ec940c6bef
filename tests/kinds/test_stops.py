"""Every rule of sections 7–9 stops the request that breaks it, and nothing else is said of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from actions.requests import cases, lookup
from actions.steps import scans, taking
from actions.steps.answer import Answer
from demo import people
from models.facts import HeldRole, SignatureFacts
from models.request import Status
from states.lifecycle import Refused
from states.rules import Stage, check_request
from tests.kinds import files
from tests.kinds.cases import CASES, DROP, OUZ, OWN, REGION, drafted
from tests.walking import GROUND, SIGNED, request_at, scan_of
from views.requests import summary

BIG_PDF = ("Лицензия.pdf", files.pdf("Licence") + b"%" + b"0" * (20 * 1024 * 1024))


def stop(kind: str, rules: str, label: str, **changes: Any) -> Any:
    """A parameter: the kind's good case with these changes breaks exactly these rules; it cites them as its marks."""
    wanted = set(rules.split())
    return pytest.param(kind, changes, wanted, id=f"{kind}: {label}", marks=pytest.mark.rule(*sorted(wanted)))


DRAFTS = [
    stop("tub-access", "APP-2", "wrong check number", line={"snils": "11223344596"}, people=1),
    stop("iemk-access", "GEN-2", "an address that is not that of Госуслуги", line={"email_is_esia": False}, people=1),
    stop("remd-access", "GEN-2", "nobody said whose address it is", line={"email_is_esia": None}, people=1),
    stop("noz-access", "GEN-2", "two people with one address", line={"email": "one@clinic.example"}),
    stop("noz-access", "GEN-3", "the authority's model in a clinic", roles=(("noz", "authority-user"),), people=1),
    stop("noz-access", "GEN-3", "both models at once", people=1, card=REGION,
         roles=(("noz", "institution-user"), ("noz", "authority-user"))),
    stop("iemk-delete-semd", "IEM-1", "signed by the clinic's own head", signer={**OWN, "body": ""}),
    stop("iemk-delete-semd", "IEM-1", "signed by somebody below a deputy", signer={"capacity": "representative"}),
    stop("iemk-delete-semd", "IEM-2", "no records", fields={"records": DROP}),
    stop("iemk-delete-semd", "IEM-2", "no reason", fields={"reason": DROP}),
    stop("iemk-delete-semd", "IEM-2", "no act of correction", files={"correction-act": DROP}),
    stop("iemk-answer-error", "IEM-3", "neither MessageID nor the request", fields={"message-id": DROP}),
    stop("sip-reports-iemk", "APP-11", "no surname", line={"surname": ""}, people=1),
    stop("remd-delete-emd", "RMD-1", "signed by a representative", signer={"capacity": "representative"}),
    stop("remd-delete-emd", "RMD-1", "the clinic's seal", signer={"seal_of": "own"}),
    stop("remd-delete-emd", "RMD-2", "no reason", fields={"reason": DROP}),
    stop("remd-delete-emd", "RMD-2", "no act", files={"correction-act": DROP}),
    stop("remd-answer-error", "RMD-3", "neither MessageID nor the request", files={"request-sample": DROP}),
    stop("dsp-access", "DSP-1", "a private clinic without the authority's letter", card={"subordination": "private"}),
    stop("dsp-reorganisation", "DSP-2", "signed by the clinic", signer={**OWN, "body": ""}),
    stop("dsp-reorganisation", "DSP-2", "signed by a deputy", signer={"capacity": "deputy"}),
    stop("dsp-reorganisation", "DSP-2", "no order", files={"order": DROP}),
    stop("dsp-renaming", "DSP-3", "signed by the authority", signer=OUZ),
    stop("dsp-renaming", "DSP-3", "signed by power of attorney", signer={"capacity": "attorney"}),
    stop("dsp-renaming", "DSP-3", "no order", files={"order": DROP}),
    stop("dsp-renaming", "DSP-3", "no new name", fields={"new-name": DROP}),
    stop("dsp-lift-limit", "DSP-4", "signed by the clinic", signer={**OWN, "body": ""}),
    stop("dsp-lift-limit", "DSP-4", "no reason", fields={"reason": DROP}),
    stop("dsp-update-doctors", "APP-11", "a doctor without СНИЛС", line={"snils": ""}, people=1),
    stop("dsp-update-doctors", "DSP-6", "no word of the open record", line={"confirmed": ("gives-conclusions",)}, people=1),
    stop("dsp-update-doctors", "DSP-6", "no word of conclusions", line={"confirmed": ("open-record",)}, people=1),
    stop("dsp-inpatient", "DSP-7", "no institution", fields={"institution": DROP}),
    stop("dsp-add-educational", "DSP-8", "no address", fields={"address": DROP}),
    stop("vmp-add-organisation", "VMP-1", "no type", fields={"organisation-type": DROP}),
    stop("vmp-add-organisation", "VMP-1", "a type that there is not", fields={"organisation-type": "пожилое"}),
    stop("vmp-add-organisation", "VMP-1", "an OID with a letter", fields={"oid": "1.2.643.5.1.13.13.12.2.77.А"}),
    stop("vmp-add-organisation", "VMP-1", "an OID of something else", fields={"oid": "1.2.643.5.1.13.13.11.1461"}),
    stop("vmp-add-organisation", "VMP-1", "sections without a profile", fields={"sections": "Раздел 1"}),
    stop("vmp-add-organisation", "VMP-2", "no licence", files={"licence": DROP}),
    stop("vmp-add-organisation", "VMP-2", "a picture named .pdf", files={"licence": ("Лицензия.pdf", files.picture())}),
    stop("vmp-add-organisation", "VMP-2", "over 20 MB", files={"licence": BIG_PDF}),
    stop("vmp-add-organisation", "VMP-3", "nobody said whether within ОМС", fields={"within-oms": DROP}),
    stop("vmp-add-organisation", "VMP-3", "within ОМС without number and minutes", fields={"within-oms": "да"}),
    stop("vmp-add-organisation", "VMP-3", "within ОМС without minutes", fields={"within-oms": "да", "ffoms-number": "770001"}),
    stop("vmp-tie-user", "VMP-4", "no login", fields={"login": DROP}),
    stop("vmp-tie-user", "VMP-4", "no telephone", fields={"contact-phone": "нет телефона"}),
    stop("skl-access", "SKL-1", "a referring clinic signs itself", signer={**OWN, "body": ""}),
    stop("skl-official", "SKL-1", "the authority signs for a sanatorium", signer=OUZ),
    stop("skl-insurer", "SKL-1", "the region signs for the Ministry's staff", signer={"body": "regional-authority"}),
    stop("skl-access", "SKL-1", "nobody said what the organisation is", fields={"organisation-class": DROP}, signer={"body": ""}),
    stop("skl-official", "SKL-2", "no post", fields={"official-post": DROP}),
    stop("skl-official", "SKL-2", "a wrong address", fields={"official-email": "z@"}),
    stop("skl-voucher-dates", "SKL-3", "no date at all", fields={"arrival": DROP}),
    stop("skl-voucher-dates", "SKL-3", "a date that there is not", fields={"arrival": "31.02.2026"}),
    stop("skl-voucher-dates", "SKL-3", "no patient", fields={"patient-name": DROP}),
    stop("skl-insurer", "SKL-4", "no code", fields={"insurer-code": DROP}),
    stop("skl-tie-patient", "SKL-5", "the patient's СНИЛС is wrong", fields={"patient-snils": "112-233-445 96"}),
    stop("skl-tie-patient", "SKL-5", "no ground", fields={"ground": DROP}),
    stop("orphan-access", "ORF-1", "a clinic", card={"kind": "medical", "authority": None, "licence": "held"}, people=1),
    stop("hiv-access", "HIV-1", "two roles that exclude each other", roles=(("hiv", "mo-foiv"), ("hiv", "nsi")), people=1),
    stop("hiv-access", "HIV-2", "the clinic's head", signer={**OWN, "body": ""}),
    stop("hiv-access", "HIV-2", "ФМБА signed by the region", card={"subordination": "fmba"}),
    stop("hiv-access", "HIV-2 HIV-3", "ФМБА signed and sealed by the region", card={"subordination": "fmba"},
         signer={"seal_of": "regional-authority"}),
    stop("hiv-access", "HIV-2", "nobody knows whom it is subordinate to", card={"subordination": ""}, signer={"capacity": "head", "body": ""}),
    stop("hiv-access", "HIV-3", "the clinic's seal", signer={"seal_of": "own"}),
    stop("hiv-change-records", "HIV-4", "no records", fields={"records": DROP}),
    stop("hiv-change-records", "HIV-4", "no reason", fields={"reason": DROP}),
    stop("hiv-missing-drug", "HIV-5", "a trade name without doses", fields={"trade-name": "Эпивир"}),
    stop("hiv-missing-drug", "HIV-5", "no dosage", fields={"dosage": DROP}),
    stop("tub-change-records", "TUB-1", "no records", fields={"records": DROP}),
    stop("tub-change-records", "TUB-1", "words instead of records", fields={"records": "все за октябрь"}),
    stop("tub-change-records", "TUB-2", "a СНИЛС in the description", fields={"description": "Пациент 112 233 445 95"}),
    stop("tub-change-records", "TUB-2", "a name in the reason", fields={"reason": "Дубль записи Иванова Ивана Ивановича"}),
    stop("tub-change-records", "TUB-2", "a СНИЛС among the records", fields={"records": "77-0012345, 112-233-445 95"}),
    stop("tub-change-records", "TUB-2", "a name in the attached file",
         files={"details": ("Список.docx", files.docx("77-0012345 – Петрова Мария Сергеевна"))}),
    stop("noz-change-records", "NOZ-1", "no description", fields={"description": DROP}),
    stop("noz-change-records", "NOZ-2", "a passport", fields={"description": "паспорт 45 08 123456"}),
    stop("noz-change-records", "NOZ-2", "a policy", fields={"reason": "полис ОМС 7700 0000 0000 0001 записан неверно"}),
    stop("ips-register", "IPS-1", "no certificate", files={"certificate": DROP}),
    stop("ips-register", "IPS-1", "a text named .cer", files={"certificate": ("mis.cer", b"certificate")}),
    stop("ips-register", "IPS-1", "a certificate that has run out", files={"certificate": ("m.cer", files.certificate(days=30))}),
    stop("ips-register", "IPS-2", "an algorithm that nobody named", files={"certificate": ("m.cer", files.certificate("ec"))}),
    stop("ips-register", "IPS-3", "RSA in production", fields={"contour": "production"}),
    stop("ips-change-certificate", "IPS-3", "512 bits in production",
         files={"certificate": ("m.cer", files.gost_certificate("gost-2012-512"))}),
    stop("ips-change-certificate", "IPS-3", "self-signed in production",
         files={"certificate": ("m.cer", files.gost_certificate(self_signed=True))}),
    stop("ips-change-certificate", "IPS-4", "no certificate", files={"certificate": DROP}),
    stop("extract-gosuslugi", "EXT-1", "the employer can look for himself", fields={"ground": "none"}),
    stop("extract-centre", "EXT-1", "no ground", fields={"ground": DROP}),
    stop("extract-gosuslugi", "EXT-2", "no document", fields={"identity-document": DROP}),
    stop("extract-gosuslugi", "EXT-2", "no date of birth", fields={"birth-date": DROP}),
    stop("extract-centre", "EXT-5", "no postal address", fields={"postal-address": DROP}),
    stop("extract-centre", "EXT-5", "nobody said which centre", fields={"staff": DROP}),
    stop("trouble-report", "ISS-1", "no screenshot", files={"screenshot": DROP}),
    stop("trouble-report", "ISS-1", "no steps", fields={"steps": DROP}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes", "rules"), DRAFTS)
def test_draft_that_breaks_a_rule_is_stopped_for_it_and_for_nothing_else(installation, kind, changes, rules):
    with installation.work("тест") as work:
        request = drafted(work, kind, CASES[kind].but(**changes))
        found = summary.findings(work, request)
        errors = [finding for finding in found if finding.severity.value == "error"]
        assert {finding.rule for finding in errors} == rules, [(one.rule, one.message) for one in errors]
        assert all(finding.source and finding.message for finding in errors)
        with pytest.raises(Refused):
            taking.take(work, request, "validate")
        assert request.status is Status.DRAFT


SEALS = [
    stop("hiv-access", "HIV-3", "no seal on the scan"),
    stop("remd-delete-emd", "RMD-1", "no seal on the scan"),
    stop("skl-official", "SKL-1", "no seal on the scan"),
    stop("skl-voucher-dates", "SKL-3", "no seal on the scan"),
    stop("dsp-renaming", "DSP-3", "no seal on the scan"),
    stop("dsp-lift-limit", "DSP-4", "no seal on the scan"),
    stop("tub-access", "SGN-2", "no seal on the scan"),
]


@pytest.mark.parametrize(("kind", "changes", "rules"), SEALS)
def test_scan_without_the_seal_that_the_kind_asks_for_is_refused(installation, kind, changes, rules):
    with installation.work("тест") as work:
        number = drafted(work, kind, CASES[kind]).id
        taking.take(work, lookup.get(work, number), "validate")
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        signer = {**dataclasses.asdict(SIGNED), **CASES[kind].signer, "seal_present": False}
        with pytest.raises(Refused) as refusal:
            scans.sign(work, request, [("Скан.pdf", scan_of(request))], signature=SignatureFacts(**signer))
        assert {finding.rule for finding in refusal.value.findings} == rules


HELD = [
    ("noz-access", "GEN-3", "iemk", "authority-user"),
    ("hiv-access", "HIV-1", "hiv", "nsi"),
    ("frmo-access", "APP-17", "frmr", "federal-authority"),
]


@pytest.mark.rule("GEN-3", "HIV-1", "APP-17")
@pytest.mark.parametrize(("kind", "rule", "subsystem", "role"), HELD)
def test_role_already_held_counts_as_much_as_one_asked_for(installation, kind, rule, subsystem, role):
    with installation.work("тест") as work:
        case = CASES[kind].but(people=1)
        if kind == "hiv-access":
            case = case.but(roles=(("hiv", "mo-foiv"),))
        facts = cases.facts_of(work, drafted(work, kind, case))
        held = (HeldRole(facts.lines[0].snils, subsystem, role, people.INN),)
        stopped = check_request(dataclasses.replace(facts, held=held), work.catalog, Stage.VALIDATE)
        fine = check_request(facts, work.catalog, Stage.VALIDATE)
    assert {finding.rule for finding in stopped if finding.severity.value == "error"} == {rule}
    assert not [finding for finding in fine if finding.severity.value == "error"]


@pytest.mark.rule("HIV-2", "HIV-3")
@pytest.mark.parametrize(
    ("subordination", "role", "body", "capacity"),
    [
        ("health", "institution-user", "regional-authority", "head"),
        ("fsin", "institution-user", "fsin-medical", "head"),
        ("fsin", "institution-user", "", "head"),  # the organisation itself is ФСИН's medical organisation
        ("fsin", "administrator", "fsin-main", "representative"),
        ("fmba", "institution-user", "fmba-centre", "head"),
    ],
)
def test_each_subordination_has_its_signer(installation, subordination, role, body, capacity):
    signer = {"capacity": capacity, "body": body, "name": "Громов Павел Ильич"}
    case = CASES["hiv-access"].but(card={"subordination": subordination}, roles=(("hiv", role),), people=1)
    with installation.work("тест") as work:
        request = drafted(work, "hiv-access", dataclasses.replace(case, signer=signer))
        assert not [finding for finding in summary.findings(work, request) if finding.severity.value == "error"]


@pytest.mark.rule("EXT-6", "EXT-4")
def test_extract_without_its_outcome_or_archive_is_not_received(installation):
    with installation.work("тест") as work:
        request = drafted(work, "extract-gosuslugi", CASES["extract-gosuslugi"])
        taking.take(work, request, "validate")
        with pytest.raises(Refused):
            taking.take(work, request, "hand_over")
        taking.take(work, request, "hand_over", Answer(ticket="77-1", registered_on=dt.date(2026, 11, 20)))
        assert request.due_at == dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
        for outcome, rule in ((None, "EXT-6"), ("accredited", "EXT-4")):
            with pytest.raises(Refused) as refusal:
                taking.take(work, request, "grant", Answer(outcome=outcome, ground=GROUND))
            assert {finding.rule for finding in refusal.value.findings} == {rule}


@pytest.mark.rule("GEN-1")
def test_letter_without_scan_or_word_file_never_leaves(installation):
    number = request_at(installation, Status.VALIDATED)
    with installation.work("тест") as work:
        facts = dataclasses.replace(
            cases.facts_of(work, lookup.get(work, number)), kind="tub-access", attachments=frozenset()
        )
        found = check_request(facts, work.catalog, Stage.SEND)
        assert [finding.field for finding in found if finding.rule == "SND-1"] == ["scan", "editable"]
        assert work.catalog.kind("tub-access").editable == ("docx",)
