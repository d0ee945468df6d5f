using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Broadcast.Privacy;

/// <summary>What a person may ask for (UU 27/2022 art. 6-8): the broadcasts that went to his number and what came from it, or the removal of number and words; and how long they are kept.</summary>
internal static class PersonRequests
{
    public static void AddPrivacy(this WebApplicationBuilder builder)
    {
        Pseudonyms OfThisCity() => new(Options.Create(new PrivacyOptions { PseudonymKey = builder.Configuration["Privacy:PseudonymKey"] ?? "" }));
        builder.Services.AddSingleton<ApplyRetention>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ApplyRetention>());
        builder.Services.AddPersonVerbs(request => ExportAsync(request, OfThisCity()), request => EraseAsync(request, OfThisCity()), ExportAddressAsync, EraseAddressAsync);
        builder.Services.AddVerb("--keep", async (provider, _, stop) => await KeepAsync(provider.GetRequiredService<NpgsqlDataSource>(), await Console.In.ReadLineAsync(stop) ?? "", Console.Out, stop));
    }

    // A pseudonym is letters, digits, - and _.
    public static Task<int> ExportAsync(PersonVerbs.Request request, Pseudonyms pseudonyms) => request.ExportAsync($"""
        select json_build_object('number', $1,
          'lists', (select coalesce(json_agg(json_build_object(
            'broadcast', b.number, 'subject', b.subject, 'name', r.name, 'title', r.title, 'text', v.text, 'state', r.state, 'skipReason', r.skip_reason, 'sentAt', b.started_at,
            'readAt', (select read_at from read_receipt x where x.broadcast_id = b.id and x.official_id = r.official_id),
            'reportedMissingAt', (select reported_at from missing_report x where x.broadcast_id = b.id and x.official_id = r.official_id)) order by b.number, r.revision), '[]')
            from recipient r join broadcast b on b.id = r.broadcast_id join revision v on v.broadcast_id = r.broadcast_id and v.no = r.revision where r.number = $1),
          'resent', (select json_agg(json_build_object('broadcast', b.number, 'orderedAt', s.ordered_at, 'reason', s.reason, 'state', s.state) order by s.ordered_at)
            from resend s join broadcast b on b.id = s.broadcast_id where s.number = $1),
          'answersBySms', (select json_agg(json_build_object('broadcast', a.number, 'text', c.text, 'at', a.at) order by a.at)
            from answer_content c join answer a on a.id = c.answer_id
            where c.sender = '{pseudonyms.Of(request.Number)}' and not exists (select from unknown_answer_closing x where x.counted_as = a.id)))
        """);

    // Capitals do not count, as in Notification.
    public static Task<int> ExportAddressAsync(PersonVerbs.Request request) => request.ExportAsync("""
        select json_build_object('address', $1, 'resent', coalesce(json_agg(json_build_object(
          'broadcast', b.number, 'orderedAt', s.ordered_at, 'reason', s.reason, 'state', s.state) order by s.ordered_at), '[]'))
        from resend s join broadcast b on b.id = s.broadcast_id where lower(s.email) = lower($1)
        """);

    public static async Task<int> EraseAddressAsync(PersonVerbs.Request request)
    {
        await using var command = request.Database.CreateCommand("update resend set email = null where lower(email) = lower($1)");
        command.Parameters.Add(new() { Value = request.Person });
        var erased = await command.ExecuteNonQueryAsync(request.Stop);
        await request.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"address erased in {erased} resends"));
        return 0;
    }

    /// <summary>Not the number of a list that is still to be sent, or of a draft: it is the directory's, and is edited there.</summary>
    public static async Task<int> EraseAsync(PersonVerbs.Request request, Pseudonyms pseudonyms)
    {
        await using var command = request.Database.CreateCommand("""
            with his as (
              select r.broadcast_id, r.revision, r.official_id, b.state in ('Completed', 'Cancelled', 'Rejected') as is_over
              from recipient r join broadcast b on b.id = r.broadcast_id where r.number = $1 for update of r),
            erased as (update recipient r set number = null from his
              where his.is_over and (r.broadcast_id, r.revision, r.official_id) = (his.broadcast_id, his.revision, his.official_id) returning 1),
            again as (update resend s set number = nullif(s.number, $1), email = null
              where s.number = $1 or exists (select from his where his.is_over and his.broadcast_id = s.broadcast_id and his.official_id = s.official_id)),
            said as (update missing_report m set note = null from his where his.is_over and m.broadcast_id = his.broadcast_id and m.official_id = his.official_id),
            forgotten as (delete from recipient_pseudonym p using his where his.is_over and p.broadcast_id = his.broadcast_id and p.official_id = his.official_id),
            words as (delete from answer_content where sender = $2 returning 1)
            select (select count(*) from erased), (select count(*) from words), (select count(*) from his where not is_over)
            """);
        command.Parameters.Add(new() { Value = request.Number });
        command.Parameters.Add(new() { Value = pseudonyms.Of(request.Number) });
        await using var reader = await command.ExecuteReaderAsync(request.Stop);
        await reader.ReadAsync(request.Stop);
        var open = reader.GetInt64(2);
        await request.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"number erased in {reader.GetInt64(0)} lists, words of {reader.GetInt64(1)} answers{(open == 0 ? "" : $"; not erased: {open} lists of broadcasts that are not over; do this again when they are")}"));
        return open == 0 ? 0 : PersonVerbs.NotDone;
    }

    /// <summary>Sets how many days numbers and answers are kept after a broadcast is over: <c>Broadcast 365</c>.</summary>
    public static async Task<int> KeepAsync(NpgsqlDataSource database, string rule, TextWriter output, CancellationToken stop)
    {
        if (rule.Split(' ') is not ["Broadcast", var text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) || days is < 7 or > 36_500)
        {
            await output.WriteLineAsync("give Broadcast, and 7 to 36500 days");
            return PersonVerbs.NotDone;
        }

        await using var command = database.CreateCommand("update retention_rule set keep_for = make_interval(days => $1), changed_at = now() where kind = 'Broadcast'");
        command.Parameters.Add(new() { Value = days });
        await command.ExecuteNonQueryAsync(stop);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Broadcast: {days} days"));
        return 0;
    }
}
