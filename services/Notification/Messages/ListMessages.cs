using Contracts.Notification;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Notification.Messages;

/// <summary>The SMS that were to be sent, newest first; numbers masked, words left out.</summary>
internal static class ListMessages
{
    internal sealed record Item
    {
        public required Guid Id { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        /// <summary>Since when it has been as it is.</summary>
        public required DateTimeOffset ChangedAt { get; init; }
        public required SmsPurpose Purpose { get; init; }
        public required string Channel { get; init; }
        /// <summary>Null once retention has removed the number.</summary>
        public required string? ToMasked { get; init; }
        public required int Segments { get; init; }
        public required DeliveryStatus Status { get; init; }
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

        public static Item Of(Sms sms, string? number) => new()
        {
            Id = sms.Id,
            CreatedAt = sms.CreatedAt,
            ChangedAt = sms.ChangedAt,
            Purpose = sms.Purpose,
            Channel = sms.Channel,
            ToMasked = number is null ? null : PhoneNumber.Mask(number),
            Segments = sms.Segments,
            Status = Reports.StatusRule.Shown(sms.State),
            AcceptedByOperator = sms.State == SmsState.AcceptedByOperator,
            Uncertain = sms.IsUncertain,
            Contradictory = sms.IsContradictory,
            NoReport = sms.NoReportAt is not null,
            Reason = sms.Reason,
            Test = sms.IsTest,
            Version = sms.Version,
        };
    }

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/api/notifications/messages", Handle)
        .WithName(nameof(ListMessages)).WithTags("Messages").WithSummary("SMS by status, newest first")
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

        var states = StatesOf(status, uncertain);
        var all = db.Sms.AsNoTracking();
        var rows = await (
            from sms in stuck ? all.Where(Stuck.Sms(clock.GetUtcNow())) : all
            where states.Contains(sms.State) && (noReport == null || sms.NoReportAt != null == noReport) && (sms.CreatedAt < time || (sms.CreatedAt == time && sms.Id.CompareTo(id) < 0))
            join content in db.Contents on sms.Id equals content.SmsId into contents
            from content in contents.DefaultIfEmpty()
            orderby sms.CreatedAt descending, sms.Id descending
            select new { Sms = sms, Number = (string?)content.Number }).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows.ConvertAll(row => Item.Of(row.Sms, row.Number)), item => Paging.Cursor(item.CreatedAt, item.Id)));
    }

    /// <summary>Those that are shown so.</summary>
    internal static List<SmsState> StatesOf(DeliveryStatus? status, bool? uncertain) =>
        [.. Enum.GetValues<SmsState>().Where(state => (status is null || Reports.StatusRule.Shown(state) == status) && (uncertain is null || state == SmsState.Uncertain == uncertain))];
}
