using System.Globalization;
using Notification.Mail;
using ServiceDefaults;

namespace Notification.Privacy;

/// <summary>
/// What <see cref="PersonRequests"/> does for a number, for an e-mail address. Capitals do not count: the part before the @ may mean something else by them (RFC 5321 2.4), but no
/// mail server does, and what is left behind would be his.
/// </summary>
internal static class AddressRequests
{
    public static Task<int> ExportAsync(PersonVerbs.Request request) => OfAddressAsync(request, () => request.ExportAsync("""
        select json_build_object('address', $1, 'emails', coalesce(json_agg(json_build_object(
          'createdAt', e.created_at, 'purpose', e.purpose, 'subject', c.subject, 'text', c.text, 'state', e.state, 'endedAt', e.final_at) order by e.created_at, e.id), '[]'))
        from email_content c join email e on e.id = c.email_id where lower(c.address) = lower($1)
        """));

    public static Task<int> EraseAsync(PersonVerbs.Request request) => OfAddressAsync(request, async () =>
    {
        await using var command = request.Database.CreateCommand("""
            with ended as (
              select e.id from email e join email_content c on c.email_id = e.id
              where lower(c.address) = lower($1) and e.state not in ('Queued', 'Intent') and (e.final_at is not null or e.no_report_at is not null) for update of e),
            erased as (delete from email_content where email_id in (select id from ended) returning email_id)
            select (select count(*) from erased), (select count(*) from email_content where lower(address) = lower($1) and email_id not in (select email_id from erased))
            """);
        command.Parameters.Add(new() { Value = request.Person });
        await using var reader = await command.ExecuteReaderAsync(request.Stop);
        await reader.ReadAsync(request.Stop);
        var (erased, open) = (reader.GetInt64(0), reader.GetInt64(1));
        await request.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{erased} e-mails erased{(open == 0 ? "" : $"; not erased: {open} still to be sent or with an open outcome; do this again when it is known")}"));
        return open == 0 ? 0 : PersonVerbs.NotDone;
    });

    private static async Task<int> OfAddressAsync(PersonVerbs.Request request, Func<Task<int>> act)
    {
        if (EmailAddress.IsSpelled(request.Person))
            return await act();
        await request.Output.WriteLineAsync("this is no e-mail address");
        return PersonVerbs.NotDone;
    }
}
