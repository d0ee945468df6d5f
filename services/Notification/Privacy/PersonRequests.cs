using System.Globalization;
using ServiceDefaults;

namespace Notification.Privacy;

/// <summary>What a person may ask for (UU 27/2022 art. 6-8): the SMS that were sent to his number, or the removal of their words and of the number.</summary>
internal static class PersonRequests
{
    public static void Add(IServiceCollection services) => services.AddPersonVerbs(ExportAsync, EraseAsync, AddressRequests.ExportAsync, AddressRequests.EraseAsync);

    public static Task<int> ExportAsync(PersonVerbs.Request request) => request.ExportAsync("""
        select json_build_object('number', $1, 'sms', coalesce(json_agg(json_build_object(
          'createdAt', s.created_at, 'purpose', s.purpose, 'from', c.sender, 'text', c.text, 'state', s.state, 'endedAt', s.final_at) order by s.created_at, s.id), '[]'))
        from sms_content c join sms s on s.id = c.sms_id where c.number = $1
        """);

    /// <summary>
    /// Erases as retention does. Not what is still to be sent, nor what a report may yet call failed, so that a person can repeat it; after days of silence
    /// ("tanpa kabar") nobody waits for one. The lock lets nobody resend what is being erased.
    /// </summary>
    public static async Task<int> EraseAsync(PersonVerbs.Request request)
    {
        await using var command = request.Database.CreateCommand("""
            with ended as (
              select s.id from sms s join sms_content c on c.sms_id = s.id
              where c.number = $1 and s.state not in ('Queued', 'Intent') and (s.final_at is not null or s.no_report_at is not null) for update of s),
            erased as (delete from sms_content where sms_id in (select id from ended) returning sms_id)
            select (select count(*) from erased), (select count(*) from sms_content where number = $1 and sms_id not in (select sms_id from erased))
            """);
        command.Parameters.Add(new() { Value = request.Number });
        await using var reader = await command.ExecuteReaderAsync(request.Stop);
        await reader.ReadAsync(request.Stop);
        var (erased, open) = (reader.GetInt64(0), reader.GetInt64(1));
        await request.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{erased} SMS erased{(open == 0 ? "" : $"; not erased: {open} still to be sent or with an open outcome; do this again when it is known")}"));
        return open == 0 ? 0 : PersonVerbs.NotDone;
    }
}
