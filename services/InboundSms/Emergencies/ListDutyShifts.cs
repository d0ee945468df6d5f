using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using System.Security.Claims;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Emergencies;

/// <summary>Who is on duty for emergencies, and will be; on request also who was. Everybody of a unit sees its roster, the secretariat all.</summary>
internal static class ListDutyShifts
{
    /// <param name="Id">Of the shift.</param>
    /// <param name="UnitId">Whose team; null for the secretariat's own.</param>
    /// <param name="OfficialId">Who.</param>
    /// <param name="StartsAt">Since when.</param>
    /// <param name="EndsAt">First instant that no longer counts.</param>
    /// <param name="Version">For a change.</param>
    public sealed record Item(Guid Id, Guid? UnitId, Guid OfficialId, DateTimeOffset StartsAt, DateTimeOffset EndsAt, long Version);

    internal static readonly Expression<Func<DutyShift, Item>> ToItem = shift => new(shift.Id, shift.UnitId, shift.OfficialId, shift.StartsAt, shift.EndsAt, shift.Version);

    public static void Map(RouteGroupBuilder roster) => roster.MapGet("/", Handle)
        .WithName(nameof(ListDutyShifts)).WithSummary("The duty roster, latest end first").RequirePermission(Permissions.ReadMessages).ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        Guid? unit, bool? past, [StringLength(64)] string? cursor, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var now = clock.GetUtcNow();
        var shifts = db.DutyShifts.AsNoTracking();
        if (!DutyRoster.IsKeptWhole(user))
        {
            Guid? official = user.HasOfficial ? user.OfficialId : null;
            var units = from held in db.Assignments
                        where held.OfficialId == official && held.ValidFrom <= now && (held.ValidTo == null || now < held.ValidTo)
                        join position in db.Positions on held.PositionId equals position.Id
                        select position.UnitId;
            shifts = shifts.Where(shift => units.Any(own => own == shift.UnitId));
        }

        if (unit is not null)
            shifts = shifts.Where(shift => shift.UnitId == unit);
        if (past is not true)
            shifts = shifts.Where(shift => shift.EndsAt > now);
        var rows = await shifts.Where(shift => shift.EndsAt < before || (shift.EndsAt == before && shift.Id.CompareTo(beforeId) < 0))
            .OrderByDescending(shift => shift.EndsAt).ThenByDescending(shift => shift.Id).Select(ToItem).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.EndsAt, last.Id)));
    }
}
