using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Directory.People;

/// <summary>Numbers that their owners have proved, and the Administrator has still to confirm (DIR-5); latest first.</summary>
public static class ListNoticePhoneProposals
{
    /// <param name="OfficialVersion">For the decision.</param>
    public sealed record Item(
        Guid Id, Guid OfficialId, string EmployeeNumber, string OfficialName, string? PresentMasked, string ProposedMasked, DateTimeOffset ProvedAt, long OfficialVersion);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/notice-phones/proposals", HandleAsync).WithName(nameof(ListNoticePhoneProposals));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(string? cursor, DirectoryDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var from, out var id))
            return Problems.Invalid("cursor", "cursor");
        var since = clock.GetUtcNow() - DecideNoticePhone.Limit;
        var proposals = await db.NoticePhoneProposals.AsNoTracking().Include(proposal => proposal.Official)
            .Where(proposal => proposal.ProvedAt > since
                && (cursor == null || proposal.ProvedAt < from || (proposal.ProvedAt == from && proposal.Id.CompareTo(id) < 0)))
            .OrderByDescending(proposal => proposal.ProvedAt).ThenByDescending(proposal => proposal.Id).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(proposals.ConvertAll(ToItem), item => Paging.Cursor(item.ProvedAt, item.Id)));
    }

    private static Item ToItem(NoticePhoneProposal proposal) => new(
        proposal.Id, proposal.OfficialId, proposal.Official!.EmployeeNumber, proposal.Official.Name,
        proposal.Official.NoticePhone is { } present ? PhoneNumber.Mask(present) : null, PhoneNumber.Mask(proposal.Number), proposal.ProvedAt!.Value, proposal.Official.Version);
}
