"""The command line: ``custid --help`` lists the commands, ``custid COMMAND --help`` shows each with an example.

Results go to standard output or to files, progress, warnings and errors to standard error. The exit codes are those of
`ExitCode`.
"""

from custid.cli import _card_command as _card_command  # registers its commands
from custid.cli import _contact_commands as _contact_commands  # as above
from custid.cli import _identify_command as _identify_command  # as above
from custid.cli import _incident_commands as _incident_commands  # as above
from custid.cli import _migration_commands as _migration_commands  # as above
from custid.cli import _registry_commands as _registry_commands  # as above
from custid.cli import _review_commands as _review_commands  # as above
from custid.cli import _rights_commands as _rights_commands  # as above
from custid.cli import _teaching_commands as _teaching_commands  # as above
from custid.cli import _threshold_commands as _threshold_commands  # as above
from custid.cli import _watch_commands as _watch_commands  # as above
from custid.cli._commands import app, main
from custid.cli._exit import ExitCode

__all__ = ["ExitCode", "app", "main"]
