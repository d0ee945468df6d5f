using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using ServiceDefaults;

namespace InboundSms.Privacy;

/// <summary>
/// What a person may ask for (UU 27/2022 art. 6-8): his data, or its removal; and how long data is kept. Verbs for the owner of the database, by <c>deploy/privacy</c>.
/// </summary>
internal static partial class PersonRequests
{
    [GeneratedRegex("^(?<kind>Message|Loose|Automatic) (?<days>[1-9][0-9]{0,4})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rule();

    /// <summary>What a provider sent holds the number as it writes it; nobody has read whose number it is there, so a mention counts.</summary>
    private const string NamesHim = """
        encode(body, 'escape') ~ ('(^|[^0-9])' || case when $1 like '+62%' then '(62|0)' || substr($1, 4) else substr($1, 2) end || '($|[^0-9])')
        """;

    public static void Add(IServiceCollection services)
    {
        services.AddPersonVerbs(ExportAsync, EraseAsync);
        services.AddVerb("--keep", async (provider, _, stop) => await KeepAsync(provider.GetRequiredService<NpgsqlDataSource>(), await Console.In.ReadLineAsync(stop) ?? "", Console.Out, stop));
    }

    /// <summary>Everything that is stored under a number, and who looked at it. A search for it that found no case is not known: searches do not keep the number.</summary>
    public static Task<int> ExportAsync(PersonVerbs.Request request) => request.ExportAsync($"""
        with his as (
          select m.id, m.received_at, m.channel, c.text, contact.name, contact.phone_number, k.id as case_id, k.number, k.status, k.first_message_id
          from message m join message_content c on c.message_id = m.id left join submission_contact contact on contact.message_id = m.id
          left join case_message part on part.message_id = m.id left join sms_case k on k.id = part.case_id
          where m.id in (select message_id from message_content where sender = $1 union select message_id from submission_contact where phone_number = $1))
        select json_build_object(
          'number', $1,
          'messages', (select coalesce(json_agg(json_build_object(
            'receivedAt', received_at, 'channel', channel, 'text', text, 'givenName', name, 'givenNumber', phone_number, 'caseNumber', number, 'status', status,
            'keptWithoutCase', (select reason from kept_message where message_id = his.id),
            'mutedByBlock', (select true from blocked_message where message_id = his.id and released_at is null),
            'answers', (select json_agg(json_build_object('text', a.text, 'answeredAt', a.answered_at) order by a.answered_at)
              from answer a where a.case_id = his.case_id and his.id = his.first_message_id)) order by received_at, id), '[]') from his),
          'blocks', (select json_agg(json_build_object('reason', reason, 'blockedAt', blocked_at, 'expiresAt', expires_at, 'liftedAt', lifted_at, 'liftReason', lift_reason) order by blocked_at)
            from blocked_sender where sender = $1),
          'optOuts', (select json_agg(json_build_object('receivedAt', received_at, 'isOut', is_out) order by received_at) from opt_out where sender = $1),
          'automaticSms', (select json_agg(json_build_object('sentAt', sent_at, 'kind', kind) order by sent_at) from auto_answer where sender = $1),
          'unreadCalls', (select json_agg(json_build_object('entry', entry_id, 'channel', channel, 'receivedAt', received_at, 'reason', reason) order by received_at, id)
            from quarantine where {NamesHim}),
          'fingerprintsOfAutomaticSms', (select json_agg(written_at order by written_at) from own_text where recipient = $1),
          'lookedAtBy', (select json_agg(json_build_object(
            'at', e.at, 'how', e.kind, 'caseNumber', k.number, 'account', e.actor, 'name', o.name, 'reason', d.details ->> 'reason') order by e.at, e.id)
            from case_event e join sms_case k on k.id = e.case_id left join case_event_content d on d.event_id = e.id
            left join organisation.official o on o.id = (d.details ->> 'by')::uuid
            where e.kind in ('SenderShown', 'FoundByNumber') and e.case_id in (select case_id from his)
              and (d.details ->> 'messageId' is null or (d.details ->> 'messageId')::uuid in (select id from his))))
        """);

    /// <summary>Erases words and number of all his messages, and calls in quarantine that hold his number, except of cases that wait for an answer; a STOP and a block stay, they protect him and others.</summary>
    public static async Task<int> EraseAsync(PersonVerbs.Request request)
    {
        await using var command = request.Database.CreateCommand($"""
            with his as (
              select m.id, k.number, k.status in ('Unassigned', 'Open', 'AnswerFailed') as waits
              from message m join message_content c on c.message_id = m.id
              left join case_message part on part.message_id = m.id left join sms_case k on k.id = part.case_id
              where c.sender = $1 or exists (select from submission_contact s where s.message_id = m.id and s.phone_number = $1)),
            forgotten as (delete from own_text where recipient = $1),
            unread as (delete from quarantine where {NamesHim} returning id)
            select (select count(*) filter (where erase_message(id, 'Request')) from his where waits is not true), (select array_agg(distinct number) from his where waits),
              erase_repeated_parts($1, null)::text, (select count(*) from unread)
            """);
        command.Parameters.Add(new() { Value = request.Number });
        await using var reader = await command.ExecuteReaderAsync(request.Stop);
        await reader.ReadAsync(request.Stop);
        var waiting = await reader.IsDBNullAsync(1, request.Stop) ? [] : reader.GetFieldValue<long[]>(1);
        await request.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{reader.GetInt64(0)} messages erased{(reader.GetInt64(3) is > 0 and var calls ? $", {calls} calls that nobody could read" : "")}{(waiting is [] ? "" : $"; not erased, because they wait for an answer: case {string.Join(", ", waiting)}; answer or set them aside, then do this again")}"));
        return waiting is [] ? 0 : PersonVerbs.NotDone;
    }

    /// <summary>Sets how many days a kind of data is kept: <c>Message 1825</c>.</summary>
    public static async Task<int> KeepAsync(NpgsqlDataSource database, string rule, TextWriter output, CancellationToken stop)
    {
        var read = Rule().Match(rule);
        var days = read.Success ? int.Parse(read.Groups["days"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        if (days is < 7 or > 36_500)
        {
            await output.WriteLineAsync("give Message, Loose or Automatic, and 7 to 36500 days");
            return PersonVerbs.NotDone;
        }

        await using var command = database.CreateCommand("update retention_rule set keep_for = make_interval(days => $2), changed_at = now() where kind = $1");
        command.Parameters.Add(new() { Value = read.Groups["kind"].Value });
        command.Parameters.Add(new() { Value = days });
        await command.ExecuteNonQueryAsync(stop);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{read.Groups["kind"].Value}: {days} days"));
        return 0;
    }
}
