using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Directory.Organisation;

/// <summary>Who the organisation is: what stands on its letters and its seal (DIR-1, EOF 10a). Empty until the Administrator has entered it, version 0.</summary>
public static class ShowOrganisation
{
    public sealed record Identity(
        string Name, string SealText, IReadOnlyList<string> Letterhead, string Address, string City, string Telephone, string Email, string Website, long Version);

    internal static Identity ToIdentity(OrganisationIdentity of) =>
        new(of.Name, of.SealText, of.Letterhead, of.Address, of.City, of.Telephone, of.Email, of.Website, of.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/organisation", HandleAsync).WithName(nameof(ShowOrganisation));

    private static async Task<Ok<Identity>> HandleAsync(DirectoryDb db, CancellationToken stop) =>
        TypedResults.Ok(ToIdentity(await db.Identities.AsNoTracking().SingleAsync(stop)));
}
