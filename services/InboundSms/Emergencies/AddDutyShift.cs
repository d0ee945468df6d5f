using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Emergencies;

/// <summary>Puts an official on duty in the quick reaction team of his unit for a time. Several may be on duty at once.</summary>
internal static partial class AddDutyShift
{
    /// <param name="OfficialId">Holds a position in the unit when the shift begins.</param>
    /// <param name="StartsAt">From then on he is told of emergencies.</param>
    /// <param name="EndsAt">First instant that no longer counts; a month after the start at most.</param>
    /// <param name="UnitId">Whose team; null for the secretariat's own, which is told when nobody else is on duty.</param>
    public sealed record Request([Required] Guid? OfficialId, [Required] DateTimeOffset? StartsAt, [Required] DateTimeOffset? EndsAt, Guid? UnitId = null);

    /// <summary>Nobody is ready for longer; a roster is kept.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    public static void Map(RouteGroupBuilder roster) => roster.MapPost("/", Handle)
        .WithName(nameof(AddDutyShift)).WithSummary("Puts an official on duty for emergencies")
        .RequirePermission(Permissions.EditDutyRoster).RequireFreshSignIn().ProducesValidationProblem();

    internal static async Task<Results<Created<ListDutyShifts.Item>, ProblemHttpResult>> Handle(
        Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, ILogger<DutyShift> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var (starts, ends) = (request.StartsAt!.Value.ToUniversalTime().InMicroseconds, request.EndsAt!.Value.ToUniversalTime().InMicroseconds);
        if (ends <= now || ends <= starts || ends - starts > Longest)
            return Problems.Invalid("endsAt", "shift-end");
        if (request.UnitId is { } unit ? !await db.UnitsKeptBy(user, now).AnyAsync(kept => kept == unit, stop) : !DutyRoster.IsKeptWhole(user))
            return Problems.Invalid("unitId", "unit-unknown");
        var belongs = await (
            from held in db.Assignments
            where held.OfficialId == request.OfficialId && held.ValidFrom <= starts && (held.ValidTo == null || starts < held.ValidTo)
            join position in db.Positions on held.PositionId equals position.Id
            select position.UnitId).AnyAsync(held => request.UnitId == null || held == request.UnitId, stop);
        // The secretariat's people need hold no position.
        if (!belongs && (request.UnitId is not null || !await db.GrantedRoles.AnyAsync(granted => granted.OfficialId == request.OfficialId, stop)))
            return Problems.Invalid("officialId", "official-not-in-unit");

        var shift = new DutyShift
        {
            Id = Guid.CreateVersion7(now),
            UnitId = request.UnitId,
            OfficialId = request.OfficialId!.Value,
            StartsAt = starts,
            EndsAt = ends,
            EnteredBy = user.Actor,
            EnteredAt = now,
            Version = 1,
        };
        db.Add(shift);
        await db.SaveChangesAsync(stop);
        Added(log, shift.Id, shift.OfficialId, shift.UnitId);
        return TypedResults.Created((string?)null, ListDutyShifts.ToItem.Compile()(shift));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Shift {ShiftId}: official {OfficialId} is on duty for unit {UnitId}")]
    private static partial void Added(ILogger log, Guid shiftId, Guid officialId, Guid? unitId);
}
