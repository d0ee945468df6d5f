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
        var mandate = await MandatesInForce(now).Where(m => m.OfficialId == official).OrderBy(m => m.GivenAt).Select(m => (Guid?)m.Id).FirstOrDefaultAsync(stop);
        return mandate is null ? (null, Forbidden("mandate-missing")) : (new(Roles.Secretary, mandate), null);
    }

    /// <summary>He has written what is examined now, or something since somebody last decided on it; as this account, or as the same person with another one.</summary>
    public async Task<bool> IsAuthorAsync(BroadcastMessage broadcast, ClaimsPrincipal user, CancellationToken stop)
    {
        var (account, official) = (user.Actor, user.HasOfficial ? user.OfficialId : (Guid?)null);
        return await WrittenSinceDecision(broadcast).AnyAsync(r => r.Author == account || (official != null && r.AuthorOfficialId == official), stop);
    }

    /// <summary>Whoever wrote one of them has a hand in what is examined now.</summary>
    public IQueryable<Revision> WrittenSinceDecision(BroadcastMessage broadcast) => db.Revisions.Where(
        r => r.BroadcastId == broadcast.Id && !db.Decisions.Any(d => d.BroadcastId == broadcast.Id && d.Revision < broadcast.Revision && d.Revision >= r.No));

    /// <summary>None where the city does not want that a Secretary examines.</summary>
    public IQueryable<ExaminationMandate> MandatesInForce(DateTimeOffset now)
    {
        var isWanted = options.Value.SecretaryMayExamine;
        return db.Mandates.Where(m => isWanted && m.ValidFrom <= now && now < m.ValidTo && m.EndedAt == null);
    }

    private static bool IsOriginator(BroadcastMessage broadcast, ClaimsPrincipal user) =>
        broadcast.CreatedBy == user.Actor || (user.HasOfficial && broadcast.OriginatorId == user.OfficialId);

    internal static ProblemHttpResult Forbidden(string code) => Problems.Of(StatusCodes.Status403Forbidden, code);
}
