"""The list of all views."""

from services.view_list.barriers import BARRIERS
from services.view_list.caseload import CASELOAD
from services.view_list.contradictions import CONTRADICTIONS
from services.view_list.grants import GRANTS
from services.view_list.management import MANAGEMENT
from services.view_list.matching import MATCHING
from services.view_list.mentor_roles import ACTIVITIES, MENTOR_ROLES
from services.view_list.municipalities import MUNICIPALITIES
from services.view_list.role_clarity import ROLE_CLARITY
from services.view_list.supervision import SUPERVISION
from services.view_list.worklist import WORKLIST

VIEWS = {
    view.name: view
    for view in (
        MATCHING,
        CASELOAD,
        SUPERVISION,
        WORKLIST,
        ROLE_CLARITY,
        MENTOR_ROLES,
        ACTIVITIES,
        BARRIERS,
        GRANTS,
        MANAGEMENT,
        CONTRADICTIONS,
        MUNICIPALITIES,
    )
}
