using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Examination;

/// <summary>Who examines, and by what right: the Chair (KOR 10c), or a Secretary whom he has mandated, where the city wants that. Nobody his own words or wish.</summary>
internal sealed class Examiner(BroadcastDb db, IOptions<BroadcastOptions> options, TimeProvider clock)
{
    /// <param name="Role">In which he decides.</param>
    /// <param name="MandateId">By which he does; null for the Chair.</param>
    public sealed record Right(string Role, Guid? MandateId);

    /// <summary>The right, or why he has none: 403 that says which.</summary>
    public async Task<(Right? Right, ProblemHttpResult? Refusal)> FindAsync(BroadcastMessage broadcast, ClaimsPrincipal user, CancellationToken stop)
    {
        if (IsOriginator(broadcast, user))
            return (null, Forbidden("examiner-is-originator"));
        if (await IsAuthorAsync(broadcast, user, stop))
            return (null, Forbidden("examiner-is-author"));
        if (user.IsInRole(Roles.Chair))
            return (new(Roles.Chair, null), null);
        var (official, now) = (user.HasOfficial ? user.OfficialId : Guid.Empty, clock.GetUtcNow());
        var mandate = !options.Value.SecretaryMayExamine ? null : await db.Mandates
            .Where(m => m.OfficialId == official && m.ValidFrom <= now && now < m.ValidTo && m.EndedAt == null).OrderBy(m => m.GivenAt).Select(m => (Guid?)m.Id).FirstOrDefaultAsync(stop);
        return mandate is null ? (null, Forbidden("mandate-missing")) : (new(Roles.Secretary, mandate), null);
    }

    /// <summary>He has written what is examined now, or something since somebody last decided on it; as this account, or as the same person with another one.</summary>
    public async Task<bool> IsAuthorAsync(BroadcastMessage broadcast, ClaimsPrincipal user, CancellationToken stop)
    {
        var (account, official) = (user.Actor, user.HasOfficial ? user.OfficialId : (Guid?)null);
        var decided = await db.Decisions.Where(d => d.BroadcastId == broadcast.Id && d.Revision < broadcast.Revision).MaxAsync(d => (int?)d.Revision, stop) ?? 0;
        return await db.Revisions.AnyAsync(r => r.BroadcastId == broadcast.Id && r.No > decided && (r.Author == account || (official != null && r.AuthorOfficialId == official)), stop);
    }

    private static bool IsOriginator(BroadcastMessage broadcast, ClaimsPrincipal user) =>
        broadcast.CreatedBy == user.Actor || (user.HasOfficial && broadcast.OriginatorId == user.OfficialId);

    internal static ProblemHttpResult Forbidden(string code) => Problems.Of(StatusCodes.Status403Forbidden, code);
}
