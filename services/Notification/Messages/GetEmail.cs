using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Notification.Messages;

/// <summary>One e-mail with everything that was said about it, as <see cref="GetMessage"/> shows an SMS.</summary>
internal static class GetEmail
{
    internal sealed record Response
    {
        public required ListEmails.Item Email { get; init; }
        /// <summary>The finer state behind the three words.</summary>
        public required SmsState State { get; init; }
        public required int Attempts { get; init; }
        public required DateTimeOffset? IntentAt { get; init; }
        public required DateTimeOffset ExpiresAt { get; init; }
        public required IReadOnlyList<Entry> History { get; init; }
    }

    internal sealed record Entry(DateTimeOffset At, string Source, string Code, SmsState Told, string? Reason, EvidenceEffect Effect);

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/api/notifications/messages/emails/{id:guid}", Handle)
        .WithName(nameof(GetEmail)).WithTags("Messages").WithSummary("One e-mail with its history")
        .RequirePermission(Permissions.ReadSms)
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(Guid id, NotificationDb db, CancellationToken stop)
    {
        if (await db.Emails.AsNoTracking().SingleOrDefaultAsync(email => email.Id == id, stop) is not { } email)
            return Problems.NotFound();
        var address = await db.EmailContents.Where(content => content.EmailId == id).Select(content => content.Address).SingleOrDefaultAsync(stop);
        var history = await db.EmailEvents.AsNoTracking().Where(entry => entry.EmailId == id).OrderBy(entry => entry.Seq)
            .Select(entry => new Entry(entry.At, entry.Source, entry.Code, entry.Told, entry.Reason, entry.Effect)).ToListAsync(stop);
        return TypedResults.Ok(new Response
        {
            Email = ListEmails.Item.Of(email, address),
            State = email.State,
            Attempts = email.Attempts,
            IntentAt = email.IntentAt,
            ExpiresAt = email.ExpiresAt,
            History = history,
        });
    }
}
