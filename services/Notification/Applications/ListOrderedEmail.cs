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

/// <summary>The e-mails that the calling application has ordered, newest first.</summary>
internal static class ListOrderedEmail
{
    internal sealed record Item
    {
        public required Guid Id { get; init; }
        public required string? Reference { get; init; }
        /// <summary>Null for the moment until the order is taken, and once retention has removed the address.</summary>
        public required string? To { get; init; }
        /// <summary>Delivered where the recipient's server says so; many say nothing, and it stays Pending.</summary>
        public required DeliveryStatus Status { get; init; }
        public required bool Uncertain { get; init; }
        public required bool Contradictory { get; init; }
        public required string? Reason { get; init; }
        /// <summary>Grows with each change of the status.</summary>
        public required long Version { get; init; }
        public required bool Test { get; init; }
        public required Guid? TemplateId { get; init; }
        public required long? TemplateVersion { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset ChangedAt { get; init; }
    }

    public static void Map(IEndpointRouteBuilder emails) => emails.MapGet("/", HandleAsync)
        .WithName(nameof(ListOrderedEmail)).WithSummary("E-mails of the calling application, by its reference or all, newest first")
        .RequirePermission(Permissions.OrderNotifications).ProducesValidationProblem();

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        ClaimsPrincipal user, NotificationDb db, CancellationToken stop,
        [StringLength(OrderSms.LongestReference), RegularExpression(@"^\P{C}*$")] string? reference = null, [StringLength(64)] string? cursor = null)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var application = user.AccountId;
        var items = await db.OrderedEmailAsync(order => order.ApplicationId == application && (reference == null || order.Reference == reference)
            && (order.CreatedAt < before || (order.CreatedAt == before && order.MessageId.CompareTo(beforeId) < 0)), stop);
        return TypedResults.Ok(Paging.PageOf(items, item => Paging.Cursor(item.CreatedAt, item.Id)));
    }

    /// <summary>Orders with what has become of them, newest first, one more than a page.</summary>
    internal static async Task<List<Item>> OrderedEmailAsync(this NotificationDb db, Expression<Func<ApplicationMessage, bool>> which, CancellationToken stop)
    {
        var rows = await (
            from order in db.ApplicationMessages.AsNoTracking().Where(order => order.Kind == MessageKind.Email).Where(which)
                .OrderByDescending(order => order.CreatedAt).ThenByDescending(order => order.MessageId).Take(Paging.PageSize + 1)
            join email in db.Emails.AsNoTracking() on order.MessageId equals email.Id into taken
            from email in taken.DefaultIfEmpty()
            join content in db.EmailContents.AsNoTracking() on order.MessageId equals content.EmailId into contents
            from content in contents.DefaultIfEmpty()
            orderby order.CreatedAt descending, order.MessageId descending
            select new { Order = order, Email = (Email?)email, Address = (string?)content.Address }).ToListAsync(stop);
        return rows.ConvertAll(row => ItemOf(row.Order, row.Email, row.Address));
    }

    private static Item ItemOf(ApplicationMessage order, Email? email, string? address) => new()
    {
        Id = order.MessageId,
        Reference = order.Reference,
        To = address,
        Status = email is null ? DeliveryStatus.Pending : Reports.StatusRule.Shown(email.State),
        Uncertain = email?.State == SmsState.Uncertain,
        Contradictory = email?.IsContradictory is true,
        Reason = email?.Reason,
        Version = email?.Version ?? 0,
        Test = order.IsTest,
        TemplateId = order.TemplateId,
        TemplateVersion = order.TemplateVersion,
        CreatedAt = order.CreatedAt,
        ChangedAt = email?.ChangedAt ?? order.CreatedAt,
    };
}
