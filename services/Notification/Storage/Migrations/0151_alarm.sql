-- What people have been told of budgets and balances: once for each threshold and month of the city's calendar.
create table alarm (
  kind text not null,                    -- Budget, Balance
  name text not null,                    -- of the budget, or of the channel
  month date not null,
  threshold numeric not null,            -- part of the budget, or amount of money
  told_at timestamptz not null,
  primary key (kind, name, month, threshold)
);
grant select, insert, delete on alarm to {app};
