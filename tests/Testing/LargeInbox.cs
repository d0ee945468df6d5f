using Npgsql;

namespace Testing;

/// <summary>
/// An InboundSms database with as many cases as wanted, made inside the database: fifty units with twenty positions each, a case every thirty seconds up to an instant,
/// the last thousand of them not answered yet. What one unit has of a rare word is the same at every size; a common word stands in every tenth message.
/// </summary>
public static class LargeInbox
{
    public const string RareWord = "mercusuar";
    public const string CommonWord = "jalan";

    /// <summary>Of the unit in the middle, below which ten others stand: its head, and one of its staff.</summary>
    public static Guid Head { get; } = new("00000000-0000-0000-0003-000000000000");
    public static Guid Staff { get; } = new("00000000-0000-0000-0003-000000000001");
    public const string Keyword = "UNIT0";

    /// <param name="administrator">Connection of the database's administrator.</param>
    /// <param name="cases">How many there are afterwards, in an empty database.</param>
    /// <param name="now">When the last one came.</param>
    public static async Task MakeAsync(string administrator, int cases, DateTimeOffset now)
    {
        await using var connection = new NpgsqlConnection(administrator);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($$"""
            -- What the planner knows is what is measured here, and not what its own housekeeping has sampled meanwhile.
            alter table message set (autovacuum_enabled = off);
            alter table message_content set (autovacuum_enabled = off);
            alter table sms_case set (autovacuum_enabled = off);
            alter table case_message set (autovacuum_enabled = off);
            alter table case_words set (autovacuum_enabled = off);

            create function pg_temp.numbered(kind int, n bigint) returns uuid language sql immutable as
              $f$ select ('00000000-0000-0000-' || lpad(kind::text, 4, '0') || '-' || lpad(n::text, 12, '0'))::uuid $f$;

            insert into organisation.unit (id, code, name, parent_id, version)
            select pg_temp.numbered(1, n), 'UNIT' || n, 'Unit ' || n, case when n between 1 and 10 then pg_temp.numbered(1, 0) end, 1 from generate_series(0, 49) n;
            insert into organisation.position (id, unit_id, code, title, kind, version)
            select pg_temp.numbered(2, n), pg_temp.numbered(1, n / 20), 'POSISI' || n, 'Jabatan ' || n, case when n % 20 = 0 then 'HeadOfUnit' else 'Staff' end, 1
            from generate_series(0, 999) n;
            insert into organisation.assignment (id, official_id, position_id, valid_from, version)
            select pg_temp.numbered(4, n), pg_temp.numbered(3, n), pg_temp.numbered(2, n), '2000-01-01', 1 from generate_series(0, 999) n;

            create temp table made as
            select n, pg_temp.numbered(5, n) as message_id, pg_temp.numbered(6, n) as case_id, pg_temp.numbered(2, (n % 50) * 20 + (n / 50) % 4) as position_id,
              'UNIT' || n % 50 as keyword, '{{now:O}}'::timestamptz - n * interval '30 seconds' as received_at, n <= 1000 as waits,
              'UNIT' || n % 50 || ' keluhan warga nomor ' || n || ' kata' || n % 1999 || ' kata' || n % 997 || case when (n / 200) % 10 = 3 then ' {{CommonWord}} rusak' else '' end
                || case when n % 50 = 0 and n <= 1000 then ' {{RareWord}}' else '' end as text
            from generate_series(1, {{cases}}) n;

            insert into message (id, channel, account, provider_message_id, received_at, commitment)
            select message_id, 'kannel', '', 'besar-' || n, received_at, sha256(text::bytea) from made;
            insert into message_content (message_id, salt, sender, sender_kind, recipient, text, raw)
            select message_id, sha256('garam'), '+62812' || lpad((n % 100000)::text, 8, '0'), 'Mobile', '+6281100000001', text, text::bytea from made;
            insert into sms_case (id, first_message_id, position_id, keyword, status, handler_id, is_secret, received_at, due_at, answered_at, version)
            select case_id, message_id, position_id, keyword, case when waits then 'Open' else 'Answered' end, case when n % 50 = 0 and n % 7 = 0 then '{{Staff}}'::uuid end,
              false, received_at, received_at + interval '3 hours', case when not waits then received_at + interval '1 hour' end, 1 from made order by n desc;
            insert into case_message (message_id, case_id, received_at) select message_id, case_id, received_at from made order by n desc;
            """, connection)
        { CommandTimeout = 3600 };
        await command.ExecuteNonQueryAsync();
        // So many rows are looked at that a hundred thousand are not sampled: the same statistics, and the same plans, every time.
        await using var exactly = new NpgsqlCommand("set default_statistics_target = 1000", connection);
        await exactly.ExecuteNonQueryAsync();
        await using var settle = new NpgsqlCommand("vacuum analyze", connection) { CommandTimeout = 3600 };
        await settle.ExecuteNonQueryAsync();
    }
}
