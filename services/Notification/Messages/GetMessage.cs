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
        public required DateTimeOffset? IntentAt { get; init; }
        public required DateTimeOffset ExpiresAt { get; init; }
        public required IReadOnlyList<Entry> History { get; init; }
    }

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
        return TypedResults.Ok(new Response
        {
            Message = ListMessages.Item.Of(sms, number),
            State = sms.State,
            Attempts = sms.Attempts,
            IntentAt = sms.IntentAt,
            ExpiresAt = sms.ExpiresAt,
            History = history,
        });
    }
}
