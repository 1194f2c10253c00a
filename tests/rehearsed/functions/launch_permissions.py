"""The permissions that a launch needs of a fine-grained token, with GitHub's titles of them."""

TITLES = {
    "administration": "Administration",
    "contents": "Contents",
    "workflows": "Workflows",
    "actions": "Actions",
    "statuses": "Commit statuses",
    "pull_requests": "Pull requests",
}
PERMISSIONS = dict.fromkeys(TITLES, "write")
