using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Notification.Callbacks;

/// <summary>What applications were to hear, newest first: whose address fails, and what was given up.</summary>
internal static class ListCallbacks
{
    /// <param name="Id"><c>webhook-id</c>.</param>
    /// <param name="ApplicationId">As Directory knows it.</param>
    /// <param name="MessageId">Whose status it is.</param>
    /// <param name="ChangedAt">When the status changed.</param>
    /// <param name="Outcome">Of the callback.</param>
    /// <param name="Attempts">So far.</param>
    /// <param name="LastAttemptAt">The last of them.</param>
    /// <param name="LastAnswer">HTTP status, or kind of fault.</param>
    /// <param name="NextAttemptAt">While it waits.</param>
    internal sealed record Item(
        Guid Id, Guid ApplicationId, Guid MessageId, DateTimeOffset ChangedAt, CallbackOutcome Outcome, int Attempts, DateTimeOffset? LastAttemptAt, string? LastAnswer,
        DateTimeOffset? NextAttemptAt);

    public static void Map(IEndpointRouteBuilder callbacks) => callbacks.MapGet("/", HandleAsync)
        .WithName(nameof(ListCallbacks)).WithSummary("Callbacks by outcome and application, newest first")
        .RequirePermission(Permissions.ReadCallbacks).ProducesValidationProblem();

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        NotificationDb db, CancellationToken stop, CallbackOutcome outcome = CallbackOutcome.Failed, Guid? application = null, [StringLength(64)] string? cursor = null)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        if (!Enum.IsDefined(outcome))
            return Problems.Invalid(nameof(outcome), "invalid");
        var items = await db.Callbacks.AsNoTracking()
            .Where(callback => callback.Outcome == outcome && (application == null || callback.ApplicationId == application)
                && (callback.ChangedAt < before || (callback.ChangedAt == before && callback.Id.CompareTo(beforeId) < 0)))
            .OrderByDescending(callback => callback.ChangedAt).ThenByDescending(callback => callback.Id).Take(Paging.PageSize + 1)
            .Select(callback => new Item(callback.Id, callback.ApplicationId, callback.MessageId, callback.ChangedAt, callback.Outcome, callback.Attempts, callback.LastAttemptAt,
                callback.LastAnswer, callback.Outcome == CallbackOutcome.Waiting ? callback.NextAttemptAt : null))
            .ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(items, item => Paging.Cursor(item.ChangedAt, item.Id)));
    }
}
