"""The names of the agreed catalogue, typed by hand: what must be registered, and nothing else."""

COURSE = """
intake-registered preference-stated match-proposed mentor-matched match-ended first-meeting-held
chemistry-checked mentor-agreement-made roles-stated goal-set goal-acknowledged goal-reviewed
coordination-held friction-reported activity-registered contact-attempted key-person-found
case-supervised grant-applied-for grant-decided grant-extended grant-ended caseworker-changed
handover-offered handover-accepted handover-rejected identity-linked identity-unlinked closed
reopened
"""

MENTOR = """
employed hours-changed profile-completed training-attended survey-answered left
"""

TEAM = """
established person-assigned person-released identity-linked identity-unlinked colocation-changed
role-workshop-held role-follow-up-held matching-meeting-held external-coordination-held
leadership-act-recorded caseload-policy-set rules-adopted supervision-arranged
supervision-session-held sparring-held
"""

EVERY_STREAM = """
event-corrected event-retracted follow-up-raised follow-up-reminded follow-up-escalated
follow-up-resolved follow-up-withdrawn follow-up-snoozed follow-up-taken-over
"""

TOPICS = {
    f"{stream}.{name}.v1"
    for stream, names in (("course", COURSE), ("mentor", MENTOR), ("team", TEAM))
    for name in f"{names} {EVERY_STREAM}".split()
}
