using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Applications;

/// <summary>
/// Changes an application, suspends it, lets it in again. What the request leaves out stays. Suspension acts in every service within seconds; other scopes are in
/// its next token, five minutes later at most.
/// </summary>
public static class EditApplication
{
    public sealed record Request(
        [Required] long? Version,
        [StringLength(Spelling.LongestName, MinimumLength = 1), RegularExpression(Spelling.Name)] string? Name = null,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? OwnerUnitCode = null,
        [StringLength(Spelling.LongestName, MinimumLength = 1), RegularExpression(Spelling.Name)] string? ContactName = null,
        [StringLength(Spelling.LongestName), EmailAddress, RegularExpression(Spelling.Name)] string? ContactEmail = null,
        [MaxLength(RegisterApplication.MostScopes)] IReadOnlyList<string>? Scopes = null,
        bool? Suspended = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapPatch("/applications/{id:guid}", HandleAsync).WithName(nameof(EditApplication)).ShowsCurrent(ListApplications.ToItem);

    private static async Task<Results<Ok<ListApplications.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, SignInAuthority authority, TimeProvider clock, CancellationToken stop)
    {
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        if (await db.Applications.SingleOrDefaultAsync(application => application.Id == id, stop) is not { } application)
            return Problems.NotFound();
        if (application.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        var scopes = request.Scopes is null ? application.Scopes : RegisterApplication.ReadScopes(request.Scopes);
        if (scopes is null)
            return Problems.Invalid("scopes", "scope-unknown");
        var owner = request.OwnerUnitCode is null ? null : await db.Units.AsNoTracking().SingleOrDefaultAsync(unit => unit.Code == request.OwnerUnitCode, stop);
        if (owner is null && request.OwnerUnitCode is not null)
            return Problems.Invalid("ownerUnitCode", "unit-unknown");
        if (owner?.ClosedAt is not null)
            return Problems.Invalid("ownerUnitCode", "unit-closed");

        var before = Content(application);
        application.Name = request.Name?.Trim() ?? application.Name;
        application.OwnerUnitId = owner?.Id ?? application.OwnerUnitId;
        application.ContactName = request.ContactName?.Trim() ?? application.ContactName;
        application.ContactEmail = request.ContactEmail?.Trim() ?? application.ContactEmail;
        application.Scopes = scopes;
        application.SuspendedAt = (request.Suspended ?? application.SuspendedAt is not null) ? application.SuspendedAt ?? clock.GetUtcNow() : null;
        if (db.Entry(application).State == EntityState.Unchanged)
            return TypedResults.Ok(await db.Applications.Where(same => same.Id == id).Select(ListApplications.ToItem).SingleAsync(stop));
        application.Version++;
        db.Write(caller, nameof(EditApplication), ("Application", id), before, Content(application), request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.ApplicationName))
        {
            return Problems.Conflict("name-taken");
        }

        if (request.Suspended is not null)
            await authority.AnnounceAsync(db, stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(await db.Applications.Where(edited => edited.Id == id).Select(ListApplications.ToItem).SingleAsync(stop));
    }

    private static object Content(Application application) => new
    {
        application.Name,
        application.OwnerUnitId,
        application.ContactName,
        application.ContactEmail,
        application.Scopes,
        application.SuspendedAt,
    };
}
