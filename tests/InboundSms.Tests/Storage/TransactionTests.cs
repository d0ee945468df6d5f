using InboundSms.Storage;
using InboundSms.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InboundSms.Tests.Storage;

public sealed class TransactionTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    /// <summary>At a savepoint's release the loss of the connection would be swallowed, and what follows be taken for a fault of logic.</summary>
    [Fact]
    public async Task SMS_1_a_save_inside_a_transaction_makes_no_savepoint()
    {
        await using var scope = fixture.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InboundSmsDb>();
        await using var transaction = await db.Database.BeginTransactionAsync();

        db.Database.AutoSavepointsEnabled.ShouldBeFalse();
    }
}
