using System.Security.Claims;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Emergencies;

/// <summary>Takes a shift off the roster before it begins. One that has begun is ended, not removed.</summary>
internal static partial class RemoveDutyShift
{
    public static void Map(RouteGroupBuilder roster) => roster.MapDelete("/{id:guid}", Handle)
        .WithName(nameof(RemoveDutyShift)).WithSummary("Takes a shift that has not begun off the roster")
        .RequirePermission(Permissions.EditDutyRoster).RequireFreshSignIn()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, ILogger<DutyShift> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (await db.ShiftsKeptBy(user, now).SingleOrDefaultAsync(shift => shift.Id == id, stop) is not { } shift)
            return Problems.NotFound();
        if (shift.StartsAt <= now)
            return Problems.Conflict("shift-begun");
        db.Remove(shift);
        await db.SaveChangesAsync(stop);
        Removed(log, id, user.Actor);
        return TypedResults.NoContent();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Shift {ShiftId} was taken off the roster by {Actor}")]
    private static partial void Removed(ILogger log, Guid shiftId, string actor);
}
