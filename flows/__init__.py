"""The flows there are, written out: nothing joins this list by being imported."""

from flows import (
    calculating,
    care,
    correcting,
    draft,
    draft_reminder,
    handover,
    my_data,
    pre_application,
    programme_info,
    scam,
    screening,
    several,
    unconsent,
    visit,
    volunteering,
    welcome,
    which_phone,
    withdrawing,
)
from flows.engine.flow import Flow

FLOWS: dict[str, Flow] = {
    flow.id: flow
    for flow in (
        welcome.FLOW,
        screening.FLOW,
        programme_info.FLOW,
        pre_application.FLOW,
        handover.FLOW,
        handover.UNANSWERED_FLOW,
        draft.FLOW,
        scam.FLOW,
        care.FLOW,
        draft_reminder.FLOW,
        volunteering.FLOW,
        my_data.FLOW,
        correcting.FLOW,
        calculating.FLOW,
        visit.FLOW,
        several.FLOW,
        withdrawing.FLOW,
        unconsent.FLOW,
        which_phone.FLOW,
    )
}
