-- Imports are listed, newest first.
create index organisation_import_by_time on organisation_import (created_at desc, id desc);
