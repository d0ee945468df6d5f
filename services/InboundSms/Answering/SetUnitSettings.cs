using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using System.Security.Claims;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace InboundSms.Answering;

/// <summary>The head of a unit says how it works: whether he wants to see answers before citizens do.</summary>
internal static partial class SetUnitSettings
{
    /// <param name="ReviewAnswers">Answers of others than the head and the holder of the position are proposals until one of these approves.</param>
    /// <param name="Version">To go on from; 0 where nothing was ever set.</param>
    public sealed record Response(bool ReviewAnswers, long Version);

    /// <param name="ReviewAnswers">Whether answers are reviewed.</param>
    /// <param name="Version">As last seen.</param>
    public sealed record Request([Required] bool? ReviewAnswers, [Required] long? Version);

    private static Expression<Func<UnitSetting, Response>> ToResponse { get; } = setting => new(setting.ReviewAnswers, setting.Version);

    public static void Map(IEndpointRouteBuilder units)
    {
        units.MapGet("/{id:guid}/settings", Show).WithName("ShowUnitSettings").WithSummary("How a unit works").RequirePermission(Permissions.ReadMessages)
            .ProducesProblem(StatusCodes.Status404NotFound);
        units.MapPut("/{id:guid}/settings", Handle).WithName(nameof(SetUnitSettings)).WithSummary("Says how a unit works")
            .RequirePermission(Permissions.EditUnitSettings).RequireFreshSignIn().ShowsCurrent(ToResponse)
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Show(Guid id, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (!Permissions.ReadAllMessages.IsGivenTo(user) && !(user.HasOfficial && await db.UnitsReadBy(user.OfficialId, now).AnyAsync(unit => unit.UnitId == id, stop)))
            return Problems.NotFound();
        return TypedResults.Ok(await db.UnitSettings.Where(setting => setting.Id == id).Select(ToResponse).SingleOrDefaultAsync(stop) ?? new(ReviewAnswers: false, 0));
    }

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, ILogger<UnitSetting> log, CancellationToken stop)
    {
        if (!await db.UnitsHeadedBy(user.HasOfficial ? user.OfficialId : Guid.Empty, clock.GetUtcNow()).ContainsAsync(id, stop))
            return Problems.NotFound();
        var setting = await db.UnitSettings.SingleOrDefaultAsync(setting => setting.Id == id, stop);
        if ((setting?.Version ?? 0) != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (setting is null)
            db.Add(setting = new() { Id = id, ReviewAnswers = false, Version = 0 });
        setting.ReviewAnswers = request.ReviewAnswers!.Value;
        setting.Version++;
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation("unit_setting_pkey"))
        {
            return Problems.Conflict("changed-meanwhile");
        }

        Set(log, id, setting.ReviewAnswers, user.Actor);
        return TypedResults.Ok(new Response(setting.ReviewAnswers, setting.Version));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Unit {UnitId}: answers reviewed is {ReviewAnswers}, says {Actor}")]
    private static partial void Set(ILogger log, Guid unitId, bool reviewAnswers, string actor);
}
