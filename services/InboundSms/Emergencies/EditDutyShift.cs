using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace InboundSms.Emergencies;

/// <summary>Moves a shift, or ends it early. What is over stays as it was: it tells who was on duty.</summary>
internal static partial class EditDutyShift
{
    /// <param name="StartsAt">Unchanged once the shift has begun.</param>
    /// <param name="EndsAt">A month after the start at most; what is past already means now.</param>
    /// <param name="Version">As last seen.</param>
    public sealed record Request([Required] DateTimeOffset? StartsAt, [Required] DateTimeOffset? EndsAt, [Required] long? Version);

    public static void Map(RouteGroupBuilder roster) => roster.MapPut("/{id:guid}", Handle)
        .WithName(nameof(EditDutyShift)).WithSummary("Moves a shift or ends it early")
        .RequirePermission(Permissions.EditDutyRoster).RequireFreshSignIn().ShowsCurrent(ListDutyShifts.ToItem).ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<Ok<ListDutyShifts.Item>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, ILogger<DutyShift> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var (starts, ends) = (request.StartsAt!.Value.ToUniversalTime().InMicroseconds, request.EndsAt!.Value.ToUniversalTime().InMicroseconds);
        if (await db.ShiftsKeptBy(user, now).SingleOrDefaultAsync(shift => shift.Id == id, stop) is not { } shift)
            return Problems.NotFound();
        if (shift.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (shift.EndsAt <= now)
            return Problems.Conflict("shift-over");
        if (shift.StartsAt <= now && starts != shift.StartsAt)
            return Problems.Invalid("startsAt", "shift-begun");
        if (ends < now)
            ends = now.InMicroseconds;
        if (ends <= starts || ends - starts > AddDutyShift.Longest)
            return Problems.Invalid("endsAt", "shift-end");
        (shift.StartsAt, shift.EndsAt) = (starts, ends);
        shift.Version++;
        await db.SaveChangesAsync(stop);
        Edited(log, shift.Id);
        return TypedResults.Ok(ListDutyShifts.ToItem.Compile()(shift));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Shift {ShiftId} was moved")]
    private static partial void Edited(ILogger log, Guid shiftId);
}
