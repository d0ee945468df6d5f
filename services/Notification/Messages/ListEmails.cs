using Contracts.Notification;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Mail;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Notification.Messages;

/// <summary>The e-mails that were to be sent, newest first; addresses masked, subjects and words left out.</summary>
internal static class ListEmails
{
    internal sealed record Item
    {
        public required Guid Id { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        /// <summary>Since when it has been as it is.</summary>
        public required DateTimeOffset ChangedAt { get; init; }
        public required SmsPurpose Purpose { get; init; }
        /// <summary>Null once retention has removed the address.</summary>
        public required string? ToMasked { get; init; }
        /// <summary>Delivered where the recipient's server says so; many say nothing, and it stays Pending.</summary>
        public required DeliveryStatus Status { get; init; }
        /// <summary>The recipient's server has it.</summary>
        public required bool AcceptedByOperator { get; init; }
        public required bool Uncertain { get; init; }
        public required bool Contradictory { get; init; }
        /// <summary>Pending for so long that nothing more is expected ("tanpa kabar").</summary>
        public required bool NoReport { get; init; }
        public required string? Reason { get; init; }
        /// <summary>Ordered with a test key: nothing leaves, and nothing of it counts.</summary>
        public required bool Test { get; init; }
        /// <summary>For a request that depends on what was read.</summary>
        public required long Version { get; init; }

        public static Item Of(Email email, string? address) => new()
        {
            Id = email.Id,
            CreatedAt = email.CreatedAt,
            ChangedAt = email.ChangedAt,
            Purpose = email.Purpose,
            ToMasked = address is null ? null : EmailAddress.Mask(address),
            Status = Reports.StatusRule.Shown(email.State),
            AcceptedByOperator = email.State == SmsState.AcceptedByOperator,
            Uncertain = email.IsUncertain,
            Contradictory = email.IsContradictory,
            NoReport = email.NoReportAt is not null,
            Reason = email.Reason,
            Test = email.IsTest,
            Version = email.Version,
        };
    }

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/api/notifications/messages/emails", Handle)
        .WithName(nameof(ListEmails)).WithTags("Messages").WithSummary("E-mails by status, newest first")
        .RequirePermission(Permissions.ReadSms)
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        NotificationDb db, TimeProvider clock, CancellationToken stop,
        DeliveryStatus? status = null, bool? uncertain = null, bool? noReport = null, bool stuck = false, string? cursor = null)
    {
        if (!Paging.TryReadCursor(cursor, out var time, out var id))
            return Problems.Invalid(nameof(cursor), "cursor");
        if (status is { } word && !Enum.IsDefined(word))
            return Problems.Invalid(nameof(status), "invalid");

        var states = ListMessages.StatesOf(status, uncertain);
        var all = db.Emails.AsNoTracking();
        var rows = await (
            from email in stuck ? all.Where(Stuck.Emails(clock.GetUtcNow())) : all
            where states.Contains(email.State) && (noReport == null || email.NoReportAt != null == noReport) && (email.CreatedAt < time || (email.CreatedAt == time && email.Id.CompareTo(id) < 0))
            join content in db.EmailContents on email.Id equals content.EmailId into contents
            from content in contents.DefaultIfEmpty()
            orderby email.CreatedAt descending, email.Id descending
            select new { Email = email, Address = (string?)content.Address }).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows.ConvertAll(row => Item.Of(row.Email, row.Address)), item => Paging.Cursor(item.CreatedAt, item.Id)));
    }
}
