-- Official follows from positions and is not granted any more (DIR-7).
update account set roles = array_remove(roles, 'Official'), version = version + 1 where 'Official' = any(roles);
