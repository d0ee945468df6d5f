using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Directory.Applications;

/// <summary>Enters another system, the unit that answers for it, and what it may (DIR-8; TIK 16, SPBE 21). It has no key yet.</summary>
public static class RegisterApplication
{
    public const int MostScopes = 16;

    /// <param name="ContactName">Who answers for it.</param>
    /// <param name="Scopes">Of <c>permissions.md</c>.</param>
    public sealed record Request(
        [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string Name,
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string OwnerUnitCode,
        [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string ContactName,
        [Required, StringLength(Spelling.LongestName), EmailAddress, RegularExpression(Spelling.Name)] string ContactEmail,
        [Required, MaxLength(MostScopes)] IReadOnlyList<string> Scopes,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/applications", HandleAsync).WithName(nameof(RegisterApplication));

    private static async Task<Results<Created<ListApplications.Item>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        if (ReadScopes(request.Scopes) is not { } scopes)
            return Problems.Invalid("scopes", "scope-unknown");
        if (await db.Units.AsNoTracking().SingleOrDefaultAsync(unit => unit.Code == request.OwnerUnitCode, stop) is not { } unit)
            return Problems.Invalid("ownerUnitCode", "unit-unknown");
        if (unit.ClosedAt is not null)
            return Problems.Invalid("ownerUnitCode", "unit-closed");

        var application = new Application
        {
            Name = request.Name.Trim(),
            OwnerUnitId = unit.Id,
            ContactName = request.ContactName.Trim(),
            ContactEmail = request.ContactEmail.Trim(),
            Scopes = scopes,
        };
        db.Add(application);
        // No event: who is an application is told by its tokens.
        db.Write(caller, nameof(RegisterApplication), ("Application", application.Id), null,
            new { application.Name, request.OwnerUnitCode, application.ContactName, application.ContactEmail, application.Scopes }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.ApplicationName))
        {
            return Problems.Conflict("name-taken");
        }

        return TypedResults.Created($"/api/directory/applications?ownerUnitCode={unit.Code}",
            await db.Applications.Where(added => added.Id == application.Id).Select(ListApplications.ToItem).SingleAsync(stop));
    }

    /// <summary>Sorted, each once; null if one is unknown.</summary>
    internal static List<string>? ReadScopes(IReadOnlyList<string> scopes) =>
        scopes.All(scope => Scopes.All.Contains(scope, StringComparer.Ordinal)) ? [.. scopes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] : null;
}
