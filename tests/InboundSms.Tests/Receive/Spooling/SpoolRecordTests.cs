using InboundSms.Receive.Spooling;

namespace InboundSms.Tests.Receive.Spooling;

public sealed class SpoolRecordTests
{
    private static readonly byte[][] Contents = ["satu"u8.ToArray(), [], "SMS1 di dalam kata-kata"u8.ToArray(), [.. Enumerable.Range(0, 256).Select(n => (byte)n)], "lima"u8.ToArray()];
    private static readonly byte[][] Records = Array.ConvertAll(Contents, content => SpoolRecord.Of(content));
    private static readonly byte[] Whole = [.. Records.SelectMany(record => record)];

    [Fact]
    public void SMS_1_a_file_cut_off_anywhere_gives_every_whole_record_and_nothing_else()
    {
        for (var length = 0; length <= Whole.Length; length++)
        {
            var (whole, end) = (0, 0);
            while (whole < Records.Length && end + Records[whole].Length <= length)
                end += Records[whole++].Length;
            var read = SpoolRecord.Read(Whole.AsMemory(0, length)).ToList();
            read.ShouldAllBe(record => record.IsReadable);
            read.ConvertAll(record => record.Bytes.ToArray()).ShouldBe(Contents[..whole]);
        }
    }

    [Fact]
    public void SMS_1_a_flipped_bit_anywhere_costs_one_record_which_is_told_byte_for_byte()
    {
        for (var bit = 0; bit < Whole.Length * 8; bit++)
        {
            var file = Whole.ToArray();
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            var (hit, start) = (0, 0);
            while (start + Records[hit].Length <= bit / 8)
                start += Records[hit++].Length;
            var read = SpoolRecord.Read(file).ToList();
            read.Where(record => record.IsReadable).Select(record => record.Bytes.ToArray()).ShouldBe([.. Contents[..hit], .. Contents[(hit + 1)..]]);
            read.Where(record => !record.IsReadable).ShouldHaveSingleItem().Bytes.ToArray().ShouldBe(file[start..(start + Records[hit].Length)]);
        }
    }

    [Fact]
    public void SMS_1_zeros_that_a_power_cut_left_are_told()
    {
        byte[] file = [.. Records[0], .. new byte[4096], .. Records[1]];
        SpoolRecord.Read(file).Select(record => (record.Bytes.Length, record.IsReadable)).ShouldBe([(Contents[0].Length, true), (4096, false), (0, true)]);
    }
}
