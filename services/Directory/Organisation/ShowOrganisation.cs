using System.ComponentModel.DataAnnotations;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Organisation;

/// <summary>
/// Who the organisation is: what stands on its letters and its seal (DIR-1, EOF 10a). Empty until the Administrator has entered it, version 0;
/// as of any instant of which that is known.
/// </summary>
public static class ShowOrganisation
{
    public sealed record Identity(
        string Name, string SealText, IReadOnlyList<string> Letterhead, string Address, string City, string Telephone, string Email, string Website, long Version);

    internal static Identity ToIdentity(OrganisationIdentity of) =>
        new(of.Name, of.SealText, of.Letterhead, of.Address, of.City, of.Telephone, of.Email, of.Website, of.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/organisation", HandleAsync).WithName(nameof(ShowOrganisation))
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Identity>, ProblemHttpResult>> HandleAsync(
        [StringLength(Spelling.LongestInstant), RegularExpression(Spelling.Line)] string? asOf, DirectoryDb db, CityTime city, CancellationToken stop)
    {
        if (!city.TryRead(asOf, out var at))
            return Problems.Invalid("asOf", "value");
        return await db.IdentityAsOf(at ?? History.AsItIs).AsNoTracking().SingleOrDefaultAsync(stop) is { } was
            ? TypedResults.Ok(new Identity(was.Name, was.SealText, was.Letterhead, was.Address, was.City, was.Telephone, was.Email, was.Website, was.Version))
            : Problems.NotFound();
    }
}
