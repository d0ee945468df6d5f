using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using System.Security.Claims;
using Contracts.Notification;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Notification.Applications;

/// <summary>What the calling application has ordered, newest first. The numbers are its own knowledge, so it sees them in full; nobody else finds them here.</summary>
internal static class ListOrderedSms
{
    internal sealed record Item
    {
        public required Guid Id { get; init; }
        public required string? Reference { get; init; }
        /// <summary>Null for the moment until the order is taken, and once retention has removed the number.</summary>
        public required string? To { get; init; }
        public required DeliveryStatus Status { get; init; }
        public required bool AcceptedByOperator { get; init; }
        public required bool Uncertain { get; init; }
        public required bool Contradictory { get; init; }
        public required string? Reason { get; init; }
        /// <summary>Grows with each change of the status.</summary>
        public required long Version { get; init; }
        public required int Segments { get; init; }
        public required bool Test { get; init; }
        public required Guid? TemplateId { get; init; }
        public required long? TemplateVersion { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset ChangedAt { get; init; }
    }

    public static void Map(IEndpointRouteBuilder sms) => sms.MapGet("/", HandleAsync)
        .WithName(nameof(ListOrderedSms)).WithSummary("SMS of the calling application, by its reference or all, newest first")
        .RequirePermission(Permissions.OrderNotifications).ProducesValidationProblem();

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        ClaimsPrincipal user, NotificationDb db, CancellationToken stop,
        [StringLength(OrderSms.LongestReference), RegularExpression(@"^\P{C}*$")] string? reference = null, [StringLength(64)] string? cursor = null)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var application = user.AccountId;
        var items = await db.OrderedAsync(order => order.ApplicationId == application && order.Kind == MessageKind.Sms && (reference == null || order.Reference == reference)
            && (order.CreatedAt < before || (order.CreatedAt == before && order.MessageId.CompareTo(beforeId) < 0)), stop);
        return TypedResults.Ok(Paging.PageOf(items, item => Paging.Cursor(item.CreatedAt, item.Id)));
    }

    /// <summary>Orders with what has become of them, newest first, one more than a page.</summary>
    internal static async Task<List<Item>> OrderedAsync(this NotificationDb db, Expression<Func<ApplicationMessage, bool>> which, CancellationToken stop)
    {
        var rows = await (
            from order in db.ApplicationMessages.AsNoTracking().Where(which).OrderByDescending(order => order.CreatedAt).ThenByDescending(order => order.MessageId).Take(Paging.PageSize + 1)
            join sms in db.Sms.AsNoTracking() on order.MessageId equals sms.Id into taken
            from sms in taken.DefaultIfEmpty()
            join content in db.Contents.AsNoTracking() on order.MessageId equals content.SmsId into contents
            from content in contents.DefaultIfEmpty()
            orderby order.CreatedAt descending, order.MessageId descending
            select new { Order = order, Sms = (Sms?)sms, Number = (string?)content.Number }).ToListAsync(stop);
        return rows.ConvertAll(row => ItemOf(row.Order, row.Sms, row.Number));
    }

    private static Item ItemOf(ApplicationMessage order, Sms? sms, string? number) => new()
    {
        Id = order.MessageId,
        Reference = order.Reference,
        To = number,
        Status = sms is null ? DeliveryStatus.Pending : Reports.StatusRule.Shown(sms.State),
        AcceptedByOperator = sms?.State == SmsState.AcceptedByOperator,
        Uncertain = sms?.IsUncertain is true,
        Contradictory = sms?.IsContradictory is true,
        Reason = sms?.Reason,
        Version = sms?.Version ?? 0,
        Segments = order.Segments,
        Test = order.IsTest,
        TemplateId = order.TemplateId,
        TemplateVersion = order.TemplateVersion,
        CreatedAt = order.CreatedAt,
        ChangedAt = sms?.ChangedAt ?? order.CreatedAt,
    };
}
