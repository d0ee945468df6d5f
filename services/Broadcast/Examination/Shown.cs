using System.Security.Cryptography;
using Broadcast.Audiences;
using Broadcast.Storage;

namespace Broadcast.Examination;

/// <summary>Whether what is to be decided on is what was shown.</summary>
internal static class Shown
{
    /// <summary>
    /// Both hashes, computed anew from the rows, are those of the submission, and the content's is the one that the examiner was shown. Only then a decision stands for
    /// exactly this text, audience, time and sender.
    /// </summary>
    public static async Task<bool> IsAsync(BroadcastDb db, BroadcastMessage broadcast, Revision revision, string contentHash, CancellationToken stop)
    {
        var list = await ListHash.ComputeAsync(db, broadcast.Id, revision.No, stop);
        return revision is { ListHash: { } frozen, ContentHash: { } signed }
            && CryptographicOperations.FixedTimeEquals(list, frozen) && CryptographicOperations.FixedTimeEquals(ContentHash.Of(broadcast, revision, list), signed)
            && Convert.ToHexStringLower(signed).Equals(contentHash, StringComparison.OrdinalIgnoreCase);
    }
}
