using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace InboundSms.Portal;

/// <summary>The head of a unit, or its operator, tells the public of its service (SMS-13). Every version is kept.</summary>
internal static class EditServiceInformation
{
    private const int Longest = 8000;
    private const string PlainText = @"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F]*$";

    /// <param name="Version">The version that was looked at; 0 if there was none.</param>
    /// <param name="Provider">Profil penyelenggara.</param>
    /// <param name="Staff">Profil pelaksana.</param>
    /// <param name="Standards">Standar pelayanan.</param>
    /// <param name="Procedures">Standar operasional prosedur.</param>
    /// <param name="Pledge">Maklumat pelayanan.</param>
    /// <param name="Complaints">Pengelolaan pengaduan.</param>
    public sealed record Request(
        [Required, Range(0, long.MaxValue)] long? Version,
        [StringLength(Longest), RegularExpression(PlainText)] string? Provider = null,
        [StringLength(Longest), RegularExpression(PlainText)] string? Staff = null,
        [StringLength(Longest), RegularExpression(PlainText)] string? Standards = null,
        [StringLength(Longest), RegularExpression(PlainText)] string? Procedures = null,
        [StringLength(Longest), RegularExpression(PlainText)] string? Pledge = null,
        [StringLength(Longest), RegularExpression(PlainText)] string? Complaints = null);

    public static void Map(IEndpointRouteBuilder app) => app.MapPut("/api/inbound-sms/units/{id:guid}/service-information", Handle)
        .WithName(nameof(EditServiceInformation)).WithTags("Units").WithSummary("Tells the public of a unit's service; what the request leaves out is empty then")
        .RequirePermission(Permissions.EditServiceInformation).RequireFreshSignIn().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ShowsCurrent(ServiceTexts.Of);

    internal static async Task<Results<Ok<ServiceTexts>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow().InMicroseconds;
        if (!user.HasOfficial || !await IsOwnAsync(db, id, user, now, stop))
            return Problems.NotFound();
        var told = await db.ServiceInformation.SingleOrDefaultAsync(of => of.Id == id, stop);
        if ((told?.Version ?? 0) != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (told is null)
            db.Add(told = new() { Id = id });
        (told.Provider, told.Staff, told.Standards, told.Procedures, told.Pledge, told.Complaints) =
            (request.Provider, request.Staff, request.Standards, request.Procedures, request.Pledge, request.Complaints);
        (told.EditedBy, told.EditedAt, told.Version) = (user.Actor, now, told.Version + 1);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation("service_information_pkey"))
        {
            return Problems.Conflict("changed-meanwhile");
        }

        return TypedResults.Ok(ServiceTexts.Of.Compile()(told));
    }

    /// <summary>The head holds its head's position; an operator holds a position there (DIR-3).</summary>
    private static Task<bool> IsOwnAsync(InboundSmsDb db, Guid unit, ClaimsPrincipal user, DateTimeOffset now, CancellationToken stop)
    {
        var (official, isOperator) = (user.OfficialId, user.IsInRole(Roles.UnitOperator));
        return (
            from held in db.Assignments
            join position in db.Positions on held.PositionId equals position.Id
            join of in db.Units on position.UnitId equals of.Id
            where held.OfficialId == official && held.ValidFrom <= now && (held.ValidTo == null || now < held.ValidTo)
                && of.Id == unit && of.ClosedAt == null && (isOperator || position.Kind == Roles.HeadOfUnit)
            select held).AnyAsync(stop);
    }
}
