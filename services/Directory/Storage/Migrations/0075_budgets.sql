-- Requests for codes are limited by network (IPv4 address, IPv6 /64); the whole address stays for the audit trail.
alter table one_time_code_request add column network text not null default '';
update one_time_code_request set network = from_address;
create index one_time_code_request_by_network on one_time_code_request (network, requested_at);
drop index one_time_code_request_by_address;

-- When a code went out: only then does it count for its login. The door does the same whatever the login has used up.
alter table one_time_code_request add column sent_at timestamptz;
update one_time_code_request set sent_at = handled_at;
create index one_time_code_request_by_sending on one_time_code_request (normalized_user_login, sent_at) where sent_at is not null;
drop index one_time_code_request_by_login;
