-- A head looks for a keyword in all positions below him, most of which never had it: each says so at once, instead of after all its cases.
create index sms_case_by_position_keyword on sms_case (position_id, keyword, received_at desc, first_message_id desc);
