"""Everything a page can do, a program can do: each page has its operations, or a reason why not.

A new page is not listed here: this test then asks which operation does the same.
"""

from linli.cases.loop import ACTIONS
from linli.doors.api import api
from tests.web import matrix

# Page → what a program does instead of reading or sending it.
OPERATIONS = {
    "home": "piles", "take-on": "case_accept case_acknowledge", "cockpit": "cockpit",
    "cockpit-stream": "cockpit", "cockpit-stage": "cockpit_stage",
    "map": "map list_cases", "map-shapes": "get_areas", "map-here": "here",
    "map-case": "get_cases", "leagues": "league", "reasons": "league",
    "ratings": "ratings_due ratings_table list_ratings", "rate": "rate",
    "appeal-rating": "appeal_rating", "appeals": "list_ratings rating_entries list_cases",
    "rule-on-rating": "rule_on_rating", "figure": "league_cases",
    "administration": "overview list_audit", "people": "list_people", "new-person": "new_person",
    "person": "get_people roles list_leaves list_leads", "change-person": "change_person",
    "close-person": "close_person", "open-person": "open_person", "grant-role": "grant_role",
    "withdraw-role": "withdraw_role", "areas": "list_areas list_leads",
    "area-leads": "get_areas list_leads", "set-lead": "appoint dismiss",
    "organisations": "list_organisations", "calendar": "calendar",
    "change-calendar": "calendar_effect change_calendar", "audit": "list_audit case_events",
    "my-leave": "list_leaves", "enter-leave": "enter_leave", "remove-leave": "remove_leave",
    "cases": "list_cases list_filters", "desk": "desk desk_queue desk_case",
    "desk-many": "desk_many_triage desk_many_dispatch desk_many_urge desk_many_merge "
                 "desk_many_close desk_many_grant_extension desk_many_cancel",
    "desk-act": "case_triage case_rule case_merge", "keep-filter": "keep_filter",
    "drop-filter": "drop_filter", "case": "get_cases case_events case_assignments case_actions",
    "look": "case_look", "advice": "case_advice", "clocks": "case_deadlines",
    "report": "send_report", "already": "suggestions", "find-receipt": "receipt",
    "receipt": "receipt", "receipt-picture": "receipt_photo",
    "act-with-receipt": "receipt_add receipt_urge receipt_evaluate",
    "evidence": "evidence_file", "picture": "evidence_file", "rulings": "list_rulings",
    "ruling": "get_rulings ruling_cases", "withdraw-ruling": "withdraw_ruling",
    "read-notices": "read_notices", "keys": "list_keys", "revoke-key": "revoke_key",
    "imports": "imports upload", "import-file": "import_preview",
    "import-columns": "import_columns", "import-take": "import_take",
    "import-drop": "import_drop", "import-faults": "import_faults", "export": "list_cases",
    "notice-settings": "notice_settings choose_notices list_notices",
    "webhooks": "list_webhooks add_webhook list_messages",
    "webhook": "get_webhooks change_webhook list_messages",
    "remove-webhook": "remove_webhook", "message-again": "send_again", "packs": "packs",
    "upload-pack": "upload_pack", "pack-draft": "pack_draft", "apply-pack": "apply_pack",
    "drop-pack": "drop_pack", "restore-pack": "restore_pack", "pack": "pack",
    "pack-source": "pack", "steward": "triage_next triage_suggestion piles",
    "steward-triage": "triage_suggestion case_triage", "deliberations": "list_deliberations",
    "deliberation": "get_deliberations talk propose agree record_meeting",
    "support": "support_proposal", "tick-off": "tick_off", "services": "list_services home",
    "set-home": "set_home", "bookings": "list_bookings", "booking": "get_bookings booking_steps",
    "booking-step": "booking_confirm booking_move booking_cancel booking_done booking_missed "
                    "booking_rate",
    "service": "get_services service_slots book", "topics": "list_topics",
    "look-for-topics": "look_for_topics", "topic": "get_topics topic_curve topic_cases",
    "joint": "join_topic",
    "indicators": "list_indicators pace", "indicator": "get_indicators indicator_series",
    "schemes": "list_schemes scheme_scores", "scheme": "scheme_scores list_assessments",
    "scheme-improve": "scheme_scores", "scheme-item": "scheme_scores list_assessments",
    "assess-item": "assess_item", "scheme-file": "assessment_file",
    "indicator-rows": "indicator_rows", "enter-figure": "enter_figure",
    "programmes": "list_programmes programme_tree list_milestones",
    "programme": "get_programmes programme_tree programme_slips list_milestones",
    "programme-gantt": "programme_slips list_milestones", "programme-map": "programme_shapes",
    "programme-shapes": "programme_shapes", "milestone-done": "milestone_done",
    "milestone-dates": "milestone_dates list_milestone-changes",
    "milestone-file": "milestone_file",
    "ladder": "ladder list_rungs", "climber": "climber list_enterprise-next-steps",
    "next-step": "next_step", "grant-title": "create_enterprise-titles",
    "investment": "investment_funnel list_projects list_incubators",
    "investment-projects": "list_projects",
    "investment-project": "get_projects list_project-steps",
    "investment-climb": "project_climb",
    "remediation": "list_campaigns list_holdings", "campaign": "get_campaigns campaign_progress",
    "remediation-block": "get_blocks list_parcels list_holdings campaign_progress",
    "cut-campaign": "campaign_pieces cut_campaign", "try-campaign": "try_campaign_cut",
    "cut-block": "block_pieces cut_block", "try-block": "try_block_cut",
    "holding": "get_holdings holding_sheet holding_differences list_offers list_promises "
               "list_negotiations list_contracts",
    "holding-step": "holding_climb offer_sheet holding_promise take_back_promise holding_note "
                    "explain_difference file_contract",
    "compensation-sheet": "get_offers", "contract-file": "contract_file",
    "enterprises": "list_enterprises",
    "enterprise": "get_enterprises list_enterprise-years list_enterprise-revisions "
                  "list_visits list_difficulties enterprise_accounts",
    "visits": "list_visits visit_coverage", "plan-round": "plan_round",
    "give-figures": "give_figures list_enterprise-years list_enterprise-months "
                    "list_enterprise-revisions",
    "plan-visit": "plan_visit", "visit": "get_visits record_visit list_difficulties",
    "call-off": "call_off_visit", "add-delegate": "add_enterprise_account",
    "remove-delegate": "remove_enterprise_account",
    "matching": "list_enterprise-needs list_enterprise-products", "need": "suppliers",
    "introduce": "introduce",
    "per-mu": "list_per-mu-scores list_per-mu-appeals", "score": "score",
    "appeal-figure": "appeal_figure", "rule-on-figure": "rule_on_figure",
    "ways": "slow_traffic list_ways", "ways-shapes": "slow_traffic_shapes",
    "sponge": "sponge list_catchments list_sponge-measures", "sponge-shapes": "sponge_shapes",
    "bulletins": "list_issued-bulletins", "bulletin": "bulletin",
    "bulletin-file": "bulletin_file", "bulletin-cases": "bulletin_cases",
    "bulletin-anew": "bulletin_anew", "bulletin-send": "bulletin_send",
    "greenhouses": "list_crop-stages telemetry_newest farm_works",
    "greenhouse": "list_crop-stages record_crop_stage farm_works list_telemetry-rules",
    "farm-calendar": "farm_works",
    "maintenance": "list_predictions list_work-orders", "maintained-machine": "machine_told "
    "list_predictions list_findings list_work-orders", "maintenance-plan": "list_work-orders",
    "plan-again": "plan_again", "maintenance-versions": "list_life-models list_upkeeps",
    "fit-upkeep": "fit_upkeep", "use-upkeep-version": "use_life_model",
    "work-order": "get_work-orders list_findings", "try-window": "try_window",
    "agree-window": "agree_window", "give-up-window": "give_up_window",
    "note-order": "note_finding", "note-machine": "note_finding",
    "finding-photo": "finding_photo",
    "assets": "list_assets list_asset-health",
    "asset": "get_assets list_asset-health list_asset-history list_asset-cases list_asset-manuals "
             "list_spares asset_running",
    "asset-new": "create_assets", "asset-change": "change_assets",
    "asset-step": "asset_fault asset_note asset_stop asset_go asset_manual asset_day "
    "asset_manual_removal",
    "asset-shifts": "list_shifts list_shift-days list_crew-skills",
    "assets-running": "asset_running list_stops list_outputs", "asset-scan": "get_assets",
    "manual-file": "asset_manual_file", "spares": "list_spares",
    "spare": "get_spares list_spare-moves", "spare-move": "spare_move",
    "spare-change": "change_spares",
    "telemetry": "list_tags telemetry_newest list_telemetry-alarms",
    "telemetry-tag": "get_tags telemetry_series list_refused-points list_telemetry-alarms",
    "telemetry-refused": "list_refused-points", "telemetry-file": "telemetry_file",
    "telemetry-sources": "list_telemetry-sources",
    "telemetry-new-source": "set_up_source",
    "telemetry-source": "get_telemetry-sources set_up_source",
    "test-telemetry-source": "test_source", "remove-telemetry-source": "remove_source",
    "inspection": "list_stations list_inspection-lots station_figures",
    "inspection-station": "station_figures list_inspections", "station-stream": "station_figures",
    "add-station": "add_station", "change-station": "change_station",
    "judge-queue": "list_inspections", "part": "get_inspections list_flaws",
    "judge-part": "judge_part", "undo-judgement": "undo_judgement",
    "part-picture": "part_picture", "inspection-lots": "list_inspection-lots list_inspections",
    "inspection-lot": "get_inspection-lots list_inspections", "hold-lot": "hold_lot",
    "release-lot": "release_lot", "inspection-versions": "list_inspection-versions",
    "teach-station": "teach_station", "use-version": "use_version",
    "compare-photos": "evidence_file case_events", "photo-change": "evidence_file",
    "chain": "list_chain-things list_captures", "chain-thing": "chain_trace list_chain-events",
    "chain-passport": "release_passport withdraw_passport list_lot-passports",
    "recall": "recall list_recall-drills", "record-drill": "record_drill", "recall-file": "recall",
    "deliveries": "list_delivery-orders list_delivery-stops bring_orders",
    "my-deliveries": "list_delivery-stops tell_of_stop", "tell-of-stop": "tell_of_stop",
    "ask-delivery-plan": "ask_delivery_plan",
    "delivery-plan": "delivery_plan_tours list_delivery-plans",
    "move-delivery": "try_delivery_move move_delivery",
    "release-delivery-plan": "release_delivery_plan", "drop-delivery-plan": "drop_delivery_plan",
    "suppliers": "supplier_cards list_supplied", "passport": "lot_passport",
    "act: follow": "send_report",  # a report that joins a known case
    "act: report": "send_report",
}  # fmt: skip
OF_THE_DEMONSTRATION = "there only in a demonstration, for people who look around"
OF_A_SESSION = "of a browser's session, which a program with a key does not have"
OF_A_SCREEN = "what a browser keeps to go on without the line"
GUARDS = "guards an account: changed by somebody who has signed in, never by a key"
OF_THE_STANDARD = "is made for programs as it is: EPCIS 2.0"
BY_ITSELF = "the house takes this step by itself"
NONE = {
    "enter": OF_THE_DEMONSTRATION, "set-clock": OF_THE_DEMONSTRATION,
    "tour": OF_THE_DEMONSTRATION, "tour-stop": OF_THE_DEMONSTRATION,
    "sign-in": OF_A_SESSION, "sign-out": OF_A_SESSION, "settings": OF_A_SESSION,
    "end-session": OF_A_SESSION, "end-other-sessions": OF_A_SESSION,
    "set-language": "Accept-Language says it with each request", "set-theme": OF_A_SESSION,
    "change-password": GUARDS, "reset-password": GUARDS, "remove-second-factor": GUARDS,
    "link-outside": GUARDS, "unlink-outside": GUARDS,
    "issue-key": "a key that issues keys would reach beyond its own scopes",
    "confirm-address": "the link in a letter shows that a person reads it",
    "healthz": "is made for machines as it is",
    "tour-photo": OF_THE_DEMONSTRATION,
    "cockpit-kept": OF_A_SCREEN, "manifest": OF_A_SCREEN, "worker": OF_A_SCREEN,
    "offline": OF_A_SCREEN,
    "asset-labels": "drawings of addresses that the program knows",
    "sample-picture": "a picture its owner gave to the station: it lies in their own folder",
    "receipt-qr": "a drawing of an address that the program knows",
    "chain-code": "a drawing of an address that the program knows",
    "epcis-capture": OF_THE_STANDARD, "epcis-capture-job": OF_THE_STANDARD,
    "epcis-events": OF_THE_STANDARD, "epcis-event": OF_THE_STANDARD,
    "epcis-queries": OF_THE_STANDARD, "epcis-query": OF_THE_STANDARD,
    "epcis-query-events": OF_THE_STANDARD, "epcis-subscriptions": OF_THE_STANDARD,
    "epcis-collection": OF_THE_STANDARD, "epcis-collection-events": OF_THE_STANDARD,
    "act: remind": BY_ITSELF, "act: escalate": BY_ITSELF,
}  # fmt: skip


def operations_of(page: str) -> list[str]:
    """Return the operations that do what a page does; steps have theirs by their names."""
    if page in OPERATIONS:
        return OPERATIONS[page].split()
    action = page.removeprefix("act: ")
    return [f"case_{action}"] if page != action and action in ACTIONS else []


def test_every_page_has_operations_or_a_reason_why_not():
    without = [
        page
        for page in matrix.rows_of(matrix.PAGES)
        if page not in NONE and not operations_of(page)
    ]

    assert not without, "which operations do what these pages do? Say it in OPERATIONS, or in NONE"


def test_the_operations_of_pages_are_on_offer():
    offered = {
        told["operationId"]
        for methods in api.completed()["paths"].values()
        for told in methods.values()
    }
    pages = matrix.rows_of(matrix.PAGES)

    absent = {
        page: set(operations_of(page)) - offered
        for page in pages
        if page not in NONE and set(operations_of(page)) - offered
    }
    assert not absent
    assert not (set(OPERATIONS) | set(NONE)) - set(pages), "the list names pages that are gone"
    assert not set(OPERATIONS) & set(NONE)
