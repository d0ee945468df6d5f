using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Notification.Messages;

/// <summary>One SMS with everything that was said about it: the evidence for its status (BJN 12(8)).</summary>
internal static class GetMessage
{
    internal sealed record Response
    {
        public required ListMessages.Item Message { get; init; }
        /// <summary>The finer state behind the three words.</summary>
        public required SmsState State { get; init; }
        public required int Attempts { get; init; }
        /// <summary>The channel whose provider has it, or is to get it; null where none can send it.</summary>
        public required string? SentBy { get; init; }
        /// <summary>The provider's own name for it, which its support asks for: several with commas where it counts parts, null where it gives none.</summary>
        public required string? ProviderId { get; init; }
        public required DateTimeOffset? IntentAt { get; init; }
        public required DateTimeOffset ExpiresAt { get; init; }
        /// <summary>Who had it before a person had it handed over again, the first one first.</summary>
        public required IReadOnlyList<Earlier> EarlierHandovers { get; init; }
        public required IReadOnlyList<Entry> History { get; init; }
    }

    internal sealed record Earlier(string Channel, string? ProviderId, DateTimeOffset? IntentAt);

    internal sealed record Entry(
        DateTimeOffset At, string Source, string? Channel, string Code, SmsState Told, string? Reason, DateTimeOffset? DoneAt, EvidenceEffect Effect);

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/api/notifications/messages/{id:guid}", Handle)
        .WithName(nameof(GetMessage)).WithTags("Messages").WithSummary("One SMS with its history")
        .RequirePermission(Permissions.ReadSms)
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(Guid id, NotificationDb db, CancellationToken stop)
    {
        if (await db.Sms.AsNoTracking().SingleOrDefaultAsync(sms => sms.Id == id, stop) is not { } sms)
            return Problems.NotFound();
        var number = await db.Contents.Where(content => content.SmsId == id).Select(content => content.Number).SingleOrDefaultAsync(stop);
        var history = await db.Events.AsNoTracking().Where(entry => entry.SmsId == id).OrderBy(entry => entry.Seq)
            .Select(entry => new Entry(entry.At, entry.Source, entry.Channel, entry.Code, entry.Told, entry.Reason, entry.DoneAt, entry.Effect))
            .ToListAsync(stop);
        var earlier = await db.EarlierHandovers.AsNoTracking().Where(handover => handover.SmsId == id).OrderBy(handover => handover.LeaseNo)
            .Select(handover => new Earlier(handover.Channel, handover.ProviderId, handover.IntentAt)).ToListAsync(stop);
        return TypedResults.Ok(new Response
        {
            Message = ListMessages.Item.Of(sms, number),
            State = sms.State,
            Attempts = sms.Attempts,
            SentBy = sms.SentBy,
            ProviderId = sms.ProviderId,
            IntentAt = sms.IntentAt,
            ExpiresAt = sms.ExpiresAt,
            EarlierHandovers = earlier,
            History = history,
        });
    }
}
