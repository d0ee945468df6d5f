using Broadcast.Sending;
using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.DirectoryCopy;
using ServiceDefaults.SignIn;

namespace Broadcast.Examination;

/// <summary>
/// Whoever may examine hears that something waits for him: the Chairs and who has a mandate in force, but not who worded it, asked for it or let it go. Where there is nobody, the
/// administrators hear that an examiner is needed. Of an emergency that waits those hear besides who may let it go.
/// </summary>
internal sealed class TellExaminers(BroadcastDb db, Examiner examiner)
{
    private static readonly string[] Granted = [.. Permissions.ReleaseEmergencies.Roles.Intersect(Roles.Granted, StringComparer.Ordinal)];

    private static readonly string[] Held = [.. Permissions.ReleaseEmergencies.Roles.Intersect(Roles.Held, StringComparer.Ordinal)];

    /// <summary>With the caller's save.</summary>
    /// <param name="broadcast">Submitted, or let go unexamined.</param>
    /// <param name="text">Key of the text.</param>
    /// <param name="released">The official who let it go.</param>
    /// <param name="now">Whose mandates and posts count.</param>
    /// <param name="stop">Ends the request.</param>
    public async Task RunAsync(BroadcastMessage broadcast, string text, Guid? released, DateTimeOffset now, CancellationToken stop)
    {
        var authors = examiner.WrittenSinceDecision(broadcast).Select(r => r.AuthorOfficialId);
        var chairs = db.Set<GrantedRoles>().Where(granted => granted.Roles.Contains(Roles.Chair)).Select(granted => granted.OfficialId);
        var mandated = examiner.MandatesInForce(now).Select(m => m.OfficialId);
        var examiners = await chairs.Union(mandated)
            .Where(official => official != broadcast.OriginatorId && official != released && !authors.Contains(official)).ToListAsync(stop);
        foreach (var official in examiners)
            db.TellOfficial(official, broadcast, text, now);
        if (examiners.Count == 0)
            db.TellResponsible(broadcast, "broadcast.nobody-examines", now);
        if (broadcast is not { IsEmergency: true, State: BroadcastState.Submitted })
            return;
        var byGrant = db.Set<GrantedRoles>().Where(granted => granted.Roles.Any(role => Granted.Contains(role))).Select(granted => granted.OfficialId);
        // A held role that releases is the kind of the post by which one has it.
        var byPost =
            from held in db.Assignments
            where held.ValidFrom <= now && (held.ValidTo == null || now < held.ValidTo)
            join position in db.Positions on held.PositionId equals position.Id
            where Held.Contains(position.Kind)
            select held.OfficialId;
        foreach (var official in await byGrant.Union(byPost).Where(official => !examiners.Contains(official) && !authors.Contains(official)).ToListAsync(stop))
            db.TellOfficial(official, broadcast, "broadcast.waits-for-release", now);
    }
}
