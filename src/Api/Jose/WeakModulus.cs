using System.Numerics;

namespace EventMesh.Api.Jose;

/// <summary>
/// The mark of keys made by a faulty library of smart cards (CVE-2017-15361, "ROCA"): modulo each of many small primes such a modulus is a power
/// of 65537. A sound modulus is so for all of them once in about 2^27.
/// </summary>
internal static class WeakModulus
{
    private const int Generator = 65537;

    private static readonly (int Prime, bool[] Power)[] Marks = [.. new[]
    {
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    }.Select(prime => (prime, PowersModulo(prime)))];

    public static bool Is(BigInteger modulus)
    {
        foreach (var (prime, power) in Marks)
            if (!power[(int)(modulus % prime)]) return false;
        return true;
    }

    private static bool[] PowersModulo(int prime)
    {
        var powers = new bool[prime];
        for (var value = 1; !powers[value]; value = value * (Generator % prime) % prime) powers[value] = true;
        return powers;
    }
}
