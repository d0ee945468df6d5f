using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Directory.People;

/// <summary>
/// The head of a unit appoints its operator, now or from an instant on; the one before ends at that instant, so that there is one at any (DIR-3; EOF 11(2)).
/// The Administrator enters what the head has ordered by letter.
/// </summary>
public static class AppointOperator
{
    /// <param name="Replaces">Id of the unit's latest appointment that has not ended, in force or entered ahead; null for none. Left out, nobody is replaced by a slip of the pen.</param>
    public sealed record Request(
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string EmployeeNumber,
        [property: JsonRequired] Guid? Replaces,
        [InOurTime] DateTimeOffset? From = null,
        [StringLength(Holding.LongestOrderNumber, MinimumLength = 1), RegularExpression(Spelling.Name)] string? Letter = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPut("/units/{id:guid}/operator", HandleAsync).WithName(nameof(AppointOperator))
        .ShowsCurrent<OrganizationUnit, ListOperators.Item?>(now =>
        {
            var goesOn = GoesOnAfter(now);
            return unit => unit.Operators.AsQueryable().Where(goesOn).OrderByDescending(appointed => appointed.ValidFrom).Select(ListOperators.ToItem).FirstOrDefault();
        });

    private static Expression<Func<UnitOperator, bool>> GoesOnAfter(DateTimeOffset now) => appointed =>
        (appointed.ValidTo == null || (appointed.ValidTo > now && appointed.ValidTo > appointed.ValidFrom))
        && (appointed.Assignment!.HeldTo == null || (appointed.Assignment.HeldTo > now && appointed.Assignment.HeldTo > appointed.ValidFrom));

    private static async Task<Results<Ok<ListOperators.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, ClaimsPrincipal user, DirectoryDb db, CancellationToken stop)
    {
        var now = db.EffectiveNow;
        var from = request.From?.ToUniversalTime() ?? now;
        if (from < now)
            return Problems.Invalid("from", "date-past");
        var isAdministrator = user.IsInRole(Roles.Administrator);
        Guid? head = user.HasOfficial ? user.OfficialId : null;
        var unit = await db.Units
            .Where(unit => unit.Id == id)
            .Select(unit => new
            {
                unit.Id,
                IsHead = db.Assignments.Any(held => held.OfficialId == head && held.Position!.UnitId == unit.Id && held.Position.Kind == PositionKind.HeadOfUnit
                    && held.HeldFrom <= now && (held.HeldTo == null || now < held.HeldTo)),
            })
            .Where(unit => unit.IsHead || isAdministrator)
            .SingleOrDefaultAsync(stop);
        if (unit is null)
            return Problems.NotFound();
        if (!unit.IsHead && request.Letter is null)
            return Problems.Invalid("letter", "letter-missing");
        // In one statement: what another appoints meanwhile is either seen here or refused by the save.
        var open = await db.UnitOperators.Include(appointed => appointed.Assignment)
            .Where(appointed => appointed.UnitId == id && (appointed.ValidTo == null || appointed.ValidTo > now))
            .OrderByDescending(appointed => appointed.ValidFrom).ToListAsync(stop);
        if (open.AsQueryable().FirstOrDefault(GoesOnAfter(now))?.Id != request.Replaces)
            return Problems.Conflict("changed-meanwhile");
        // Of several positions in the unit, the one that lasts longest.
        var assignment = await db.Assignments
            .Where(held => held.Official!.EmployeeNumber == request.EmployeeNumber && held.Position!.UnitId == id
                && held.HeldFrom <= from && (held.HeldTo == null || from < held.HeldTo))
            .OrderByDescending(held => held.HeldTo == null).ThenByDescending(held => held.HeldTo).ThenBy(held => held.Id).FirstOrDefaultAsync(stop);
        if (assignment is null)
            return Problems.Invalid("employeeNumber", "operator-outside-unit");

        var earlier = open.FindAll(appointed => appointed.ValidTo is not { } end || (end > from && end > appointed.ValidFrom));
        earlier.ForEach(appointed => appointed.End(from));
        var next = new UnitOperator { UnitId = id, AssignmentId = assignment.Id, ValidFrom = from, Letter = unit.IsHead ? null : request.Letter!.Trim() };
        db.Add(next);
        db.Write(caller, nameof(AppointOperator), ("Unit", id), new { Assignments = earlier.ConvertAll(appointed => appointed.AssignmentId) },
            new { request.EmployeeNumber, next.AssignmentId, From = from, next.Letter }, request.Reason ?? next.Letter);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.OneOperator))
        {
            return Problems.Conflict("changed-meanwhile");
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.OperatorInUnit))
        {
            // His post moves away at this moment.
            return Problems.Invalid("employeeNumber", "operator-outside-unit");
        }

        return TypedResults.Ok(await db.UnitOperators.Where(appointed => appointed.Id == next.Id).Select(ListOperators.ToItem).SingleAsync(stop));
    }
}
