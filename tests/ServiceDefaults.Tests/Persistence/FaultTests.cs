using ServiceDefaults.Persistence;

namespace ServiceDefaults.Tests.Persistence;

public sealed class FaultTests
{
    [Theory]
    [InlineData("System.Threading.ManualResetEventSlim", true)]
    [InlineData("Directory.Storage.DirectoryDb", false)]
    public void PLT_4_a_connection_that_broke_while_it_was_taken_ends_no_process(string disposed, bool expected) =>
        new InvalidOperationException("wrapped", new ObjectDisposedException(disposed)).IsInfrastructureFault().ShouldBe(expected);
}
