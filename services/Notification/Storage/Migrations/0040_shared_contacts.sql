-- The copy of contacts moves to the tables that services share; personal data is not left behind.
insert into contacts.contact (official_id, notice_phone, sender_id, version) select official_id, notice_phone, sender_id, version from contact;
drop table contact;
