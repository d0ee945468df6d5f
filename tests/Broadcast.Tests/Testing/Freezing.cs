using Broadcast.Audiences;
using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Broadcast.Tests.Testing;

/// <summary>Lists without what comes before and after them.</summary>
internal static class Freezing
{
    extension(BroadcastFixture fixture)
    {
        /// <summary>A worded broadcast whose list is frozen now.</summary>
        public async Task<(Guid Id, FrozenList List)> FreezeAsync(Audience audience, string text = "Rapat besok", bool withArrivals = false, Guid? corrects = null)
        {
            var now = fixture.Clock.GetUtcNow();
            var id = Guid.CreateVersion7();
            await fixture.InScopeAsync(async db =>
            {
                db.Add(new BroadcastMessage
                {
                    Id = id,
                    Kind = BroadcastKind.Information,
                    State = BroadcastState.Submitted,
                    OriginatorId = fixture.Mayor.Official,
                    OriginatorBasis = OriginatorBasis.Mayor,
                    Subject = "Rapat",
                    Request = "Undang",
                    CorrectsId = corrects,
                    Revision = 1,
                    CreatedBy = "test",
                    CreatedAt = now,
                    ChangedAt = now,
                    Version = 1,
                });
                db.Add(new Revision { BroadcastId = id, No = 1, Text = text, Audience = audience.ToJson(), WithArrivals = withArrivals, LateAfterMinutes = 60, Author = "test", WrittenAt = now });
                return await db.SaveChangesAsync();
            });
            return (id, await fixture.FreezeAgainAsync(id, now));
        }

        public Task<FrozenList> FreezeAgainAsync(Guid id, DateTimeOffset now) => fixture.ResolveAsync(id, (db, b, r) => FreezeList.RunAsync(db, b, r, now, CancellationToken.None));

        public Task<FrozenList> RefreshAsync(Guid id, DateTimeOffset now) => fixture.ResolveAsync(id, (db, b, r) => FreezeList.RefreshAsync(db, b, r, now, CancellationToken.None));

        private Task<FrozenList> ResolveAsync(Guid id, Func<BroadcastDb, BroadcastMessage, Revision, Task<FrozenList>> resolve) => fixture.InScopeAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            var broadcast = await db.Broadcasts.SingleAsync(b => b.Id == id);
            var list = await resolve(db, broadcast, await db.Revisions.SingleAsync(r => r.BroadcastId == id && r.No == 1));
            broadcast.Version++;
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            return list;
        });

        public Task<List<Recipient>> RecipientsAsync(Guid id) => fixture.InScopeAsync(db => db.Recipients.AsNoTracking().Where(r => r.BroadcastId == id).OrderBy(r => r.OfficialId).ToListAsync());

        public async Task<Recipient> RecipientAsync(Guid id, Post post) => (await fixture.RecipientsAsync(id)).Single(r => r.OfficialId == post.Official);

        public async Task<T> InScopeAsync<T>(Func<BroadcastDb, Task<T>> run)
        {
            await using var scope = fixture.Services.CreateAsyncScope();
            return await run(scope.ServiceProvider.GetRequiredService<BroadcastDb>());
        }

        /// <summary>Directory says otherwise from now on.</summary>
        public Task LeavesAsync(Post post, DateTimeOffset at) => fixture.Database.ExecuteAsync($"update organisation.assignment set valid_to = '{at:O}' where id = '{post.Assignment}'");

        public Task HoldsAsync(Guid official, Guid position, DateTimeOffset from, string kind = "Definitive") => fixture.Database.ExecuteAsync(
            $"insert into organisation.assignment (id, official_id, position_id, kind, valid_from, version) values (gen_random_uuid(), '{official}', '{position}', '{kind}', '{from:O}', 1)");

        public Task HasNumberAsync(Guid official, string? number) => fixture.Database.ExecuteAsync(
            $"update contacts.contact set notice_phone = {(number is null ? "null" : $"'{number}'")} where official_id = '{official}'");
    }
}
