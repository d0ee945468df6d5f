using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using Contracts.Notification;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace Notification.Preferences;

/// <summary>
/// An official says how he wants to be told of what can wait (NOT-5): the hourly notice or none, when the daily one, and his quiet hours. What cannot wait asks nobody:
/// emergencies, deadlines, answers to citizens, codes.
/// </summary>
internal static partial class SetPreferences
{
    private const string TimeFormat = "HH:mm";

    private static readonly TimeSpan LongestQuiet = TimeSpan.FromHours(12);
    private static readonly (TimeOnly Earliest, TimeOnly Latest) Daily = (new(6, 0), new(20, 0));

    /// <param name="HourlyNotices">Whether he is told, each full hour, of what came in.</param>
    /// <param name="DailyAt">When he is told of what has not been answered; null: when the city does it.</param>
    /// <param name="QuietFrom">When his own quiet hours begin; null: the city's hold.</param>
    /// <param name="QuietTo">When they end; the same as the beginning: he has none.</param>
    public sealed record Response(bool HourlyNotices, string? DailyAt, string? QuietFrom, string? QuietTo);

    /// <param name="HourlyNotices">Whether he is told, each full hour, of what came in.</param>
    /// <param name="DailyAt">A full quarter from 06:00 to 20:00 of the city's clock.</param>
    /// <param name="QuietFrom">Both or none; twelve hours at most, over midnight or not.</param>
    /// <param name="QuietTo">Both or none.</param>
    public sealed record Request(
        [Required] bool? HourlyNotices,
        [RegularExpression(QuietHours.TimePattern)] string? DailyAt,
        [RegularExpression(QuietHours.TimePattern)] string? QuietFrom,
        [RegularExpression(QuietHours.TimePattern)] string? QuietTo);

    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/notifications/preferences").WithTags("Preferences").RequirePermission(Permissions.OwnAccount)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);
        own.MapGet("/", Show).WithName("ShowPreferences").WithSummary("How the caller is told of what can wait; 404 for an account that belongs to no official");
        own.MapPut("/", Handle).WithName(nameof(SetPreferences)).WithSummary("Says how").ProducesValidationProblem();
    }

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Show(ClaimsPrincipal user, NotificationDb db, CancellationToken stop)
    {
        if (!user.HasOfficial)
            return Problems.NotFound();
        var official = user.OfficialId;
        var own = await db.Preferences.AsNoTracking().SingleOrDefaultAsync(preference => preference.OfficialId == official, stop);
        return TypedResults.Ok(new Response(own?.HourlyNotices ?? true, Written(own?.DailyAt), Written(own?.QuietFrom), Written(own?.QuietTo)));
    }

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Request request, ClaimsPrincipal user, NotificationDb db, ILogger<Preference> log, CancellationToken stop)
    {
        if (!user.HasOfficial)
            return Problems.NotFound();
        var (dailyAt, from, to) = (Read(request.DailyAt), Read(request.QuietFrom), Read(request.QuietTo));
        if (dailyAt is { } time && (time < Daily.Earliest || time > Daily.Latest || time.Minute % 15 != 0))
            return Problems.Invalid("dailyAt", "daily-at");
        if (from is null != to is null)
            return Problems.Invalid(from is null ? "quietFrom" : "quietTo", "quiet-hours-both");
        if (from is { } start && to is { } end && new QuietHours(start, end).Length > LongestQuiet)
            return Problems.Invalid("quietTo", "quiet-hours-long");

        // Of two at once the later one stays, here and, by its version, wherever it is heard of.
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var (official, hourly) = (user.OfficialId, request.HourlyNotices!.Value);
        var version = (await db.Database.SqlQuery<long>($"""
            insert into preference as own (official_id, hourly_notices, daily_at, quiet_from, quiet_to, version)
            values ({official}, {hourly}, {dailyAt}, {from}, {to}, 1)
            on conflict (official_id) do update set hourly_notices = excluded.hourly_notices, daily_at = excluded.daily_at, quiet_from = excluded.quiet_from,
              quiet_to = excluded.quiet_to, version = own.version + 1
            returning version as "Value"
            """).ToListAsync(stop))[0];
        db.Publish(official, user.Actor, new NoticePreferencesChanged
        {
            OfficialId = official,
            HourlyNotices = hourly,
            DailyAt = request.DailyAt,
            QuietFrom = request.QuietFrom,
            QuietTo = request.QuietTo,
            Version = version,
        });
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        Chosen(log, official, version);
        return TypedResults.Ok(new Response(hourly, request.DailyAt, request.QuietFrom, request.QuietTo));
    }

    private static TimeOnly? Read(string? time) => time is null ? null : QuietHours.ReadTime(time);

    private static string? Written(TimeOnly? time) => time?.ToString(TimeFormat, CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Information, Message = "Official {OfficialId} has chosen how to be told (version {Version})")]
    private static partial void Chosen(ILogger log, Guid officialId, long version);
}
