using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.Organisation;

/// <summary>Enters what stands on the organisation's letters and its seal (DIR-1, EOF 10a). The whole of it: what is left out becomes empty.</summary>
public static class EditOrganisation
{
    /// <param name="Version">0 for the first time.</param>
    /// <param name="Name">Of the organisation, in full.</param>
    /// <param name="SealText">What stands in the seal.</param>
    /// <param name="Letterhead">Head lines of a letter, from the top.</param>
    /// <param name="Address">Street, number, postal code.</param>
    /// <param name="City">Where letters are signed.</param>
    /// <param name="Telephone">As it stands in the letterhead.</param>
    /// <param name="Email">Of the organisation.</param>
    /// <param name="Website">With its scheme.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string Name,
        [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string SealText,
        [Required, Length(1, 6)] IReadOnlyList<string> Letterhead,
        [Required, StringLength(300), RegularExpression(Spelling.Name)] string Address,
        [Required, StringLength(64), RegularExpression(Spelling.Name)] string City,
        [StringLength(64), RegularExpression(Spelling.Line)] string? Telephone = null,
        [StringLength(254), EmailAddress, RegularExpression(Spelling.Line)] string? Email = null,
        [StringLength(200), Url, RegularExpression(Spelling.Line)] string? Website = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPut("/organisation", HandleAsync).WithName(nameof(EditOrganisation))
        .ShowsCurrent((OrganisationIdentity organisation) => ShowOrganisation.ToIdentity(organisation));

    private static async Task<Results<Ok<ShowOrganisation.Identity>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        if (!request.Letterhead.All(Spelling.IsName))
            return Problems.Invalid("letterhead", "value");
        var organisation = await db.Identities.SingleAsync(stop);
        if (organisation.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");

        var before = ShowOrganisation.ToIdentity(organisation);
        organisation.Name = request.Name.Trim();
        organisation.SealText = request.SealText.Trim();
        organisation.Letterhead = [.. request.Letterhead];
        organisation.Address = request.Address.Trim();
        organisation.City = request.City.Trim();
        organisation.Telephone = request.Telephone ?? "";
        organisation.Email = request.Email ?? "";
        organisation.Website = request.Website ?? "";
        if (db.Entry(organisation).State == EntityState.Unchanged)
            return TypedResults.Ok(before);
        organisation.Version++;
        // No event: no other service writes letters yet. The trail needs an id of the thing, and there is one thing.
        db.Write(caller, nameof(EditOrganisation), ("Organisation", Guid.Empty), before, ShowOrganisation.ToIdentity(organisation), request.Reason);
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(ShowOrganisation.ToIdentity(organisation));
    }
}
