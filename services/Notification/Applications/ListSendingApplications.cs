using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Notification.Applications;

/// <summary>The applications that send, those that began last first, with what they have ordered today.</summary>
internal static class ListSendingApplications
{
    /// <param name="Id">As Directory knows it.</param>
    /// <param name="FirstOrderAt">When it began.</param>
    /// <param name="PerDay">What it may order in a day; null: as many as the settings say.</param>
    /// <param name="Version">To go on from.</param>
    public sealed record Settings(Guid Id, DateTimeOffset FirstOrderAt, int? PerDay, long Version);

    /// <param name="Application">Its settings.</param>
    /// <param name="Limit">What counts for it.</param>
    /// <param name="Today">Ordered today.</param>
    /// <param name="TestsToday">With test keys.</param>
    public sealed record Item(Settings Application, int Limit, int Today, int TestsToday);

    internal static Expression<Func<SendingApplication, Settings>> ToSettings { get; } =
        application => new(application.Id, application.FirstOrderAt, application.PerDay, application.Version);

    public static void Map(IEndpointRouteBuilder applications) => applications.MapGet("/", HandleAsync)
        .WithName(nameof(ListSendingApplications)).WithSummary("Applications that send, and how much of their day they have used")
        .RequirePermission(Permissions.ReadSendingApplications).ProducesValidationProblem();

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        NotificationDb db, DailyLimit limit, TimeProvider clock, CancellationToken stop, [StringLength(64)] string? cursor = null)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var applications = await db.SendingApplications.AsNoTracking()
            .Where(application => application.FirstOrderAt < before || (application.FirstOrderAt == before && application.Id.CompareTo(beforeId) < 0))
            .OrderByDescending(application => application.FirstOrderAt).ThenByDescending(application => application.Id)
            .Take(Paging.PageSize + 1).Select(ToSettings).ToListAsync(stop);
        var (ids, today) = (applications.ConvertAll(application => application.Id), limit.Today(clock.GetUtcNow()));
        var days = await db.ApplicationDays.AsNoTracking().Where(day => day.Day == today && ids.Contains(day.ApplicationId))
            .ToDictionaryAsync(day => (day.ApplicationId, day.IsTest), day => day.Ordered, stop);
        return TypedResults.Ok(Paging.PageOf(
            applications.ConvertAll(application => new Item(application, application.PerDay ?? limit.Usual,
                days.GetValueOrDefault((application.Id, false)), days.GetValueOrDefault((application.Id, true)))),
            item => Paging.Cursor(item.Application.FirstOrderAt, item.Application.Id)));
    }
}
