namespace Testing;

/// <summary>Looks in the platform for citizens' messages: all that were written since an instant, and nothing else, each once and to the last character.</summary>
/// <param name="since">From when on. Nobody else may write meanwhile.</param>
internal sealed class Words(DateTimeOffset since)
{
    /// <summary>As <see cref="Written.ToString"/> writes it.</summary>
    public Task<List<string>> ThereAsync() => AskAsync("""
        select m.channel || ' ''' || case when m.provider_message_id ~ '^parts?:' then '' else m.provider_message_id end || ''' ' || c.sender || ' ''' || coalesce(k.keyword, '')
          || ''' ' || case when m.is_incomplete then 'incomplete ' else 'whole ' end || c.text
        from message m join message_content c on c.message_id = m.id left join case_message member on member.message_id = m.id left join sms_case k on k.id = member.case_id
        where m.received_at >= $1
        """);

    public Task<List<string>> PartsAsync() => AskAsync("""
        select p.channel || ' ' || p.provider_message_id || ' ' || p.number from message_part p join message_part_content c on c.part_id = p.id where p.received_at >= $1
        """);

    /// <summary>As <see cref="Written.Pair"/> writes them.</summary>
    public Task<List<string>> PairsAsync() => AskAsync("""
        select least(m.provider_message_id collate "C", o.provider_message_id collate "C") || ' ' || greatest(m.provider_message_id collate "C", o.provider_message_id collate "C")
          || case when one.case_id = other.case_id then '' else ' in two cases' end
        from suspected_duplicate s join message m on m.id = s.message_id join message o on o.id = s.original_id
        left join case_message one on one.message_id = m.id left join case_message other on other.message_id = o.id where m.received_at >= $1
        """);

    /// <summary>Parts that wait for others, and what was refused at a door.</summary>
    public Task<List<string>> LeftOverAsync() => AskAsync("""
        select 'parts ' || id from part_set where closed_at is null
        union all select channel || ' ' || reason from quarantine where received_at >= $1
        """);

    /// <summary>A message in a case stands in its history once. Where a flood was folded, only the first of it does.</summary>
    public Task<List<string>> NotOnceInHistoryAsync() => AskAsync("""
        select m.message_id || ' (' || count(e.case_id) || ' times)' from case_message m
        left join (
          select e.case_id, (d.details ->> 'messageId')::uuid as message_id from case_event e join case_event_content d on d.event_id = e.id
          where e.kind in ('Opened', 'MessageJoined', 'DuplicateSuspected')) e on e.message_id = m.message_id and e.case_id = m.case_id
        where m.received_at >= $1 and not exists (select from case_event f where f.case_id = m.case_id and f.kind = 'FloodFolded')
        group by m.message_id having count(e.case_id) <> 1
        """);

    /// <summary>Files of messages that the database did not take yet, or cannot.</summary>
    public static IEnumerable<string> Spooled() => Directory.EnumerateFiles(Path.Combine(Servers.Setting("PLATFORM_DATA"), "spool")).Select(Path.GetFileName)!;

    private Task<List<string>> AskAsync(string sql) => Servers.TextsAsync("inboundsms", sql, since);
}
