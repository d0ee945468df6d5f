using Contracts.Notification;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Notification.Mail;
using Notification.Providers;
using Notification.Sending;
using Notification.Storage;
using Npgsql;
using ServiceDefaults.SignIn;

namespace Notification.Operating;

/// <summary>
/// How sending stands: what waits in each lane and of the e-mails, how each provider does, what holds it back, what is left. As many rows as the configuration has
/// names. What test keys have ordered does not count.
/// </summary>
internal static class GetSending
{
    internal sealed record Response(IReadOnlyList<Lane> Lanes, IReadOnlyList<Provider> Providers, Mail Emails, IReadOnlyList<Limit> Limits, IReadOnlyList<BudgetState> Budgets, IReadOnlyList<Stopped> Pauses);

    /// <param name="Purpose">In the order in which they go.</param>
    /// <param name="Waiting">For their handover.</param>
    /// <param name="Segments">Of those.</param>
    /// <param name="OldestSince">The longest of them.</param>
    internal sealed record Lane(SmsPurpose Purpose, long Waiting, long Segments, DateTimeOffset? OldestSince);

    /// <param name="Channel">Its name.</param>
    /// <param name="Type">What it speaks.</param>
    /// <param name="Waiting">For their handover.</param>
    /// <param name="InHand">Committed to be handed over, without an answer yet.</param>
    /// <param name="Uncertain">Of which nobody knows whether it has them.</param>
    /// <param name="BlockedUntil">It wants nothing before that.</param>
    /// <param name="Rests">It fails, so this instance leaves it alone for some seconds.</param>
    /// <param name="FailingSince">It has not taken anything since, as this instance sees it.</param>
    /// <param name="Balance">Left at a prepaid provider, as it last said.</param>
    /// <param name="Currency">Of that.</param>
    internal sealed record Provider(
        string Channel, string Type, long Waiting, long InHand, long Uncertain, DateTimeOffset? BlockedUntil, bool Rests, DateTimeOffset? FailingSince, decimal? Balance, string? Currency);

    /// <param name="IsOn">There is a mail server.</param>
    /// <param name="Waiting">For their handover.</param>
    /// <param name="OldestSince">The longest of them.</param>
    /// <param name="InHand">Committed to be handed over, without an answer yet.</param>
    /// <param name="Uncertain">Of which nobody knows whether the mail server has them.</param>
    internal sealed record Mail(bool IsOn, long Waiting, DateTimeOffset? OldestSince, long InHand, long Uncertain);

    /// <param name="Name">As configured.</param>
    /// <param name="Segments">That may go …</param>
    /// <param name="Seconds">… in this time.</param>
    /// <param name="NextAt">When the next one may go; in the past: at once.</param>
    internal sealed record Limit(string Name, int Segments, double Seconds, DateTimeOffset? NextAt);

    internal sealed record Stopped(PauseKind Kind, string Name, string Reason, string PausedBy, DateTimeOffset PausedAt);

    private sealed record Count(string Name, long Waiting, long Segments, DateTimeOffset? OldestSince, long InHand, long Uncertain);

    private sealed record EmailCount(long Waiting, DateTimeOffset? OldestSince, long InHand, long Uncertain);

    private sealed record Moment(string Name, DateTimeOffset? At);

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/api/notifications/sending", Handle)
        .WithName(nameof(GetSending)).WithTags("Sending").WithSummary("What waits per lane, providers, limits, pauses")
        .RequirePermission(Permissions.ReadSms)
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);

    private static async Task<Ok<Response>> Handle(
        NotificationDb db, NpgsqlDataSource database, Budgets budgets, Channels channels, IOptions<SendingOptions> options, IOptions<EmailOptions> email, CancellationToken stop)
    {
        var (counts, emails) = (await CountAsync(db, stop), await CountEmailsAsync(db, stop));
        var blocks = await db.Database.SqlQuery<Moment>($"""select channel as "Name", blocked_until as "At" from route""").ToDictionaryAsync(row => row.Name, row => row.At, StringComparer.Ordinal, stop);
        var paces = await db.Database.SqlQuery<Moment>($"""select name as "Name", next_at as "At" from rate_limit""").ToDictionaryAsync(row => row.Name, row => row.At, StringComparer.Ordinal, stop);
        var pauses = await db.Pauses.AsNoTracking().OrderBy(pause => pause.PausedAt).ToListAsync(stop);
        var left = (await WatchBalance.ReadAsync(database, stop)).ToDictionary(said => said.Channel, StringComparer.Ordinal);
        return TypedResults.Ok(new Response(
            [.. Enum.GetValues<SmsPurpose>().OrderBy(Sending.Lanes.Of).Select(purpose => counts[purpose.ToString()].FirstOrDefault() is { } count
                ? new Lane(purpose, count.Waiting, count.Segments, count.OldestSince) : new(purpose, 0, 0, null))],
            [.. channels.Senders.Where(sender => sender.Key != Channels.Simulation).OrderBy(sender => sender.Key, StringComparer.Ordinal).Select(sender =>
            {
                var count = counts[sender.Key].FirstOrDefault();
                return new Provider(sender.Key, channels.Find(sender.Key)!.Type.ToString(), count?.Waiting ?? 0, count?.InHand ?? 0, count?.Uncertain ?? 0,
                    blocks.GetValueOrDefault(sender.Key), sender.Value.Rests, sender.Value.FailingSince, left.GetValueOrDefault(sender.Key)?.Amount, left.GetValueOrDefault(sender.Key)?.Currency);
            })],
            new(email.Value.IsOn, emails.Waiting, emails.OldestSince, emails.InHand, emails.Uncertain),
            [.. options.Value.Limits.OrderBy(limit => limit.Key, StringComparer.Ordinal)
                .Select(limit => new Limit(limit.Key, limit.Value.Segments, limit.Value.Per.TotalSeconds, paces.GetValueOrDefault(limit.Key)))],
            await budgets.ReadAsync(stop),
            pauses.ConvertAll(pause => new Stopped(pause.Kind, pause.Name, pause.Reason, pause.PausedBy, pause.PausedAt))));
    }

    // By the partial indexes of the three states: what is over is not counted. Nor is what test keys have ordered.
    private static async Task<ILookup<string, Count>> CountAsync(NotificationDb db, CancellationToken stop) => (await db.Database.SqlQuery<Count>($"""
        select coalesce(purpose, sent_by) as "Name", count(*) filter (where state = 'Queued') as "Waiting",
          coalesce(sum(segments) filter (where state = 'Queued'), 0) as "Segments", min(created_at) filter (where state = 'Queued') as "OldestSince",
          count(*) filter (where state = 'Intent') as "InHand", count(*) filter (where state = 'Uncertain') as "Uncertain"
        from sms where state in ('Queued', 'Intent', 'Uncertain') and sent_by <> {Channels.Simulation} group by grouping sets ((purpose), (sent_by))
        """).ToListAsync(stop)).ToLookup(count => count.Name, StringComparer.Ordinal);

    private static Task<EmailCount> CountEmailsAsync(NotificationDb db, CancellationToken stop) => db.Database.SqlQuery<EmailCount>($"""
        select count(*) filter (where state = 'Queued') as "Waiting", min(created_at) filter (where state = 'Queued') as "OldestSince",
          count(*) filter (where state = 'Intent') as "InHand", count(*) filter (where state = 'Uncertain') as "Uncertain"
        from email where state in ('Queued', 'Intent', 'Uncertain') and not is_test
        """).SingleAsync(stop);
}
